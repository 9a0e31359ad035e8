// faketime 0.9.10 takes its offset from the absolute time of every timer and every sleep, also of those on a clock that it was
// told to leave alone (FAKETIME_DONT_FAKE_MONOTONIC): two years ahead that is a time below zero, the kernel refuses it, no
// Swift program that sleeps goes on, and Python's time.sleep fails. Loaded before faketime, this hands both to the kernel as
// they are.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

// Of a timer the clock is not known here; Dispatch's and Python's are on clocks that are left alone.
int timerfd_settime(int timer, int flags, const struct itimerspec *new, struct itimerspec *old) {
    return syscall(SYS_timerfd_settime, timer, flags, new, old);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left) {
    if (clock == CLOCK_REALTIME) {
        int (*next)(clockid_t, int, const struct timespec *, struct timespec *) = dlsym(RTLD_NEXT, "clock_nanosleep");
        return next(clock, flags, time, left);
    }
    return syscall(SYS_clock_nanosleep, clock, flags, time, left) == 0 ? 0 : errno;
}
