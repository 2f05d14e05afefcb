/* How findings leave the process: the records of detector/wire.h, sent at once, so that nothing is lost whatever
 * becomes of the process. See wire_channel.h for where they go.
 *
 * Threads: any; one record at a time. Signals are held back meanwhile, so a handler may end in here too. A child
 * process begins a story of its own with its first record. */
#ifndef GORO_INSTRUMENT_WIRE_OUT_H
#define GORO_INSTRUMENT_WIRE_OUT_H

#include "detector/finding.h"

#include <stdbool.h>

void wire_out_start(void);
/* Says that this process is there; before anything else is said, and at the latest when main runs. */
void wire_out_hello(void);
/* The list of loaded objects may have changed: tells of it, and forgets the memory of those that are gone. */
void wire_out_modules(void);
/* The finding of this number was over later. */
void wire_out_withdraw(uint64_t number);
void wire_out_finding(const struct finding *f);
/* What goroutines did; `lost` more there was no room for. */
struct wire_event;
void wire_out_events(const struct wire_event *event, size_t count, uint64_t lost);
void wire_out_degraded(const char *what);
/* A line for whoever reads the findings. */
void wire_out_text(const char *text);
/* A piece of a picture of all goroutines; and that it was the last. */
void wire_out_picture(const struct finding *f);
void wire_out_picture_end(void);
/* A replay is not what was recorded, as a call at pc (0: none) shows. */
void wire_out_diverged(const char *what, uintptr_t pc);
/* The process dies: where. To whoever listens already; nobody is started for it. */
void wire_out_fault(const char *words, const uintptr_t *frames, size_t n);
/* The last record; waits until a reporter of our own has said all. */
void wire_out_goodbye(void);
/* In the child of a fork of the program's own: what it sends is not of the schedule that is run. */
void wire_out_forked(void);
/* True if findings reach somebody who prints them. */
bool wire_out_reporting(void);
/* The status to end with in place of `status`: another one if there was nobody to give it for us. */
int wire_out_status(int status);
/* True if the program must not close or replace this descriptor, since it is ours. */
bool wire_out_owns(int fd);
/* Gives the descriptor another number. */
void wire_out_move(void);

#endif
