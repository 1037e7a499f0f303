#ifndef CKERNELS_WAITING_H
#define CKERNELS_WAITING_H

/// Settles, once, how the threads of teams of this size wait; to be called before the first team is formed.
void ck_settle_waiting(int threads);

#endif
