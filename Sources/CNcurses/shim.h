// What Swift cannot call of ncursesw and of libc: expression macros, globals, variadic functions, the window type.
// console.md 5.4, 6.1 and 6.2 say why each of these is here.
#ifndef HOLDPOINT_CNCURSES_SHIM_H
#define HOLDPOINT_CNCURSES_SHIM_H

#ifndef _XOPEN_SOURCE_EXTENDED
#define _XOPEN_SOURCE_EXTENDED 1
#endif
#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include <curses.h>
#include <term.h>
#include <langinfo.h>
#include <locale.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <wchar.h>

// Not declared without feature macros, and those would make other structures than Swift's own view of libc has.
extern int wcwidth(wchar_t);
extern long syscall(long, ...);
extern int dup(int);
extern int close(int);

static const uint32_t hp_attr_bold = A_BOLD, hp_attr_dim = A_DIM, hp_attr_reverse = A_REVERSE,
                      hp_attr_underline = A_UNDERLINE, hp_attr_italic = A_ITALIC;

// A cell as Swift lays it out: a scalar and up to three that combine with it. width 0: the right half of a wide one.
typedef struct {
  uint32_t scalars[4];
  int32_t pair;
  uint32_t attributes;
  uint8_t width;
} hp_cell;

// The window type differs between builds of ncurses, so it never leaves this file.
typedef struct {
  SCREEN *screen;
  WINDOW *window;
  FILE *out, *in;
} hp_screen;

// Takes over the terminal. NULL when its type is not known or memory is short.
static inline hp_screen *hp_open(const char *type, int out, int in) {
  hp_screen *s = (hp_screen *)calloc(1, sizeof *s);
  if (!s) return NULL;
  int o = dup(out), i = dup(in);
  s->out = o < 0 ? NULL : fdopen(o, "w");
  s->in = i < 0 ? NULL : fdopen(i, "r");
  if (s->out && s->in) s->screen = newterm(type, s->out, s->in);
  if (!s->screen) {
    if (s->out) fclose(s->out); else if (o >= 0) close(o);
    if (s->in) fclose(s->in); else if (i >= 0) close(i);
    free(s);
    return NULL;
  }
  set_term(s->screen);
  raw();
  noecho();
  nonl();
  // Otherwise curses gives up a frame half-way when a key is waiting (console.md 5.4).
  typeahead(-1);
  s->window = newwin(0, 0, 0, 0);
  keypad(s->window, TRUE);
  intrflush(s->window, FALSE);
  leaveok(s->window, FALSE);
  // Scrolling by the terminal would move rows that curses has not been told of on some multiplexers.
  idlok(s->window, FALSE);
  curs_set(1);
  return s;
}

static inline int hp_start_color(void) {
  if (!has_colors()) return 0;
  if (start_color() == ERR) return 0;
  use_default_colors();
  return COLORS;
}

static inline int hp_pair(int foreground, int background) {
  int pair = alloc_pair(foreground, background);
  return pair < 0 ? 0 : pair;
}

// Writes a run of cells of one row; any length.
static inline void hp_put_run(hp_screen *s, int y, int x, const hp_cell *cells, int count) {
  enum { chunk = 128 };
  cchar_t buffer[chunk];
  int i = 0;
  while (i < count) {
    int n = 0, start = x;
    for (; i < count && n < chunk; i++) {
      const hp_cell *c = &cells[i];
      if (c->width == 0) continue;
      wchar_t text[5];
      int m = 0;
      int pair = c->pair;
      // What this locale cannot show, or shows with another width than ours, would shift the row.
      if (wcwidth((wchar_t)c->scalars[0]) == c->width) {
        for (; m < 4 && c->scalars[m]; m++) text[m] = (wchar_t)c->scalars[m];
      } else {
        text[m++] = L'?';
      }
      text[m] = 0;
      if (setcchar(&buffer[n], text, (attr_t)c->attributes, 0, &pair) == ERR) {
        text[0] = L'?';
        text[1] = 0;
        setcchar(&buffer[n], text, (attr_t)c->attributes, 0, &pair);
      }
      n++;
      x += c->width;
      if (text[0] == L'?' && c->width == 2 && n < chunk) {
        text[0] = L' ';
        text[1] = 0;
        setcchar(&buffer[n++], text, (attr_t)c->attributes, 0, &pair);
      }
    }
    if (n > 0) mvwadd_wchnstr(s->window, y, start, buffer, n);
  }
}

static inline void hp_flush(hp_screen *s, int y, int x) {
  wmove(s->window, y, x);
  wnoutrefresh(s->window);
  doupdate();
}

// Forgets what the terminal shows: the next flush draws all of it.
static inline void hp_forget(hp_screen *s) {
  clearok(curscr, TRUE);
  touchwin(s->window);
}

static inline void hp_resize(hp_screen *s, int high, int wide) {
  // term.h makes macros of shorter names.
  resizeterm(high, wide);
  wresize(s->window, high, wide);
  werase(s->window);
  hp_forget(s);
}

static inline void hp_suspend(void) { endwin(); }

static inline void hp_resume(hp_screen *s) {
  reset_prog_mode();
  hp_forget(s);
  wnoutrefresh(s->window);
  doupdate();
}

static inline void hp_close(hp_screen *s) {
  endwin();
  delwin(s->window);
  delscreen(s->screen);
  fclose(s->out);
  fclose(s->in);
  free(s);
}

// The sequence that the terminal's description gives for a key or an act; NULL where it gives none.
static inline const char *hp_sequence(const char *name) {
  const char *found = tigetstr((char *)name);
  return found == (const char *)-1 ? NULL : found;
}

static inline int hp_wcwidth(uint32_t scalar) { return wcwidth((wchar_t)scalar); }

static inline int hp_is_utf8(void) { return strcmp(nl_langinfo(CODESET), "UTF-8") == 0; }

// A file without a name, in memory. -1 where the kernel has none.
static inline int hp_memory_file(const char *name) {
#ifdef SYS_memfd_create
  return (int)syscall(SYS_memfd_create, name, 1u /* MFD_CLOEXEC */);
#else
  (void)name;
  return -1;
#endif
}

#endif
