/* The program as a server of schedules: goro-race asks, and each schedule begins in the process as it stands before
 * main.
 *
 * Threads: one, the main one; before main. */
#ifndef GORO_INSTRUMENT_EXPLORE_H
#define GORO_INSTRUMENT_EXPLORE_H

/* Serves on descriptor fd until the other end is closed; returns in each child, which is to run the schedule it was made
 * for. The server itself does not come back. */
void explore_serve(int fd);

#endif
