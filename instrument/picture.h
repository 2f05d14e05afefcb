/* A picture of all goroutines and threads, for whoever asks by a signal: what each waits on, since when, who holds that, and
 * what is blocked for ever.
 *
 * SIGUSR1 asks, and the program goes on. SIGTERM and SIGINT end it, behind the picture. PICTURE_SIGNAL is goro-race's, when
 * time is up (--timeout): a picture, and none more when the program is then told to end. A program that has a handler of its
 * own for one of these, or ignores it, keeps that. */
#ifndef GORO_INSTRUMENT_PICTURE_H
#define GORO_INSTRUMENT_PICTURE_H

#include <stdbool.h>

/* Takes the signals. */
void picture_start(void);
/* The program gets a second thread, or the runtime does: from here on a thread of ours makes the pictures. Returns how many
 * such threads there are. Any thread of the program's own or the runtime's. */
unsigned picture_watch(void);
/* In the handler, wherever that has interrupted: true if the thread of ours sees to it. */
bool picture_passed_on(int sig);

#endif
