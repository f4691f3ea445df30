package journal

import "time"

// now is the present time in microseconds.
func now() int64 { return time.Now().UnixMicro() }
