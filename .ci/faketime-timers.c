// faketime 0.9.10 takes its offset from the absolute time of every timer, also of those on a clock that it was told to leave
// alone (FAKETIME_DONT_FAKE_MONOTONIC): two years ahead that is a time below zero, the kernel refuses it, and no Swift
// program that sleeps goes on. Loaded before faketime, this hands the timer to the kernel as it is.
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>

int timerfd_settime(int timer, int flags, const struct itimerspec *new, struct itimerspec *old) {
    return syscall(SYS_timerfd_settime, timer, flags, new, old);
}
