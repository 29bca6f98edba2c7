package bench

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
)

// use is what this process has used so far.
type use struct {
	cpu    time.Duration // user and system
	allocs uint64        // objects on the heap, also those that are gone
}

func useOf() (use, error) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return use{}, err
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return use{time.Duration(u.Utime.Nano() + u.Stime.Nano()), m.Mallocs}, nil
}

// mostResident gives the most bytes that this process ever had resident, 0 where the
// system has no /proc that tells. The maximum of getrusage is no help: it counts the
// process that started this one.
func mostResident() (resident int64) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, peak, _ := bytes.Cut(status, []byte("VmHWM:"))
	if _, err := fmt.Sscanf(string(peak), "%d kB", &resident); err != nil {
		return 0
	}
	return resident << 10
}
