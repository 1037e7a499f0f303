#ifndef CKERNELS_THREADPROBE_H
#define CKERNELS_THREADPROBE_H

/// What keeps this process from having so many more of libgomp's threads, 0 where nothing does. libgomp ends the
/// process where it cannot have a thread, so somebody must ask before.
const char *ck_thread_obstacle(int count);

#endif
