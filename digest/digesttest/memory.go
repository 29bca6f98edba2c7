package digesttest

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var procFiles = Need{Name: "/proc with the peak of a process's memory", Find: func() error {
	_, err := peakOf(os.Getpid())
	return err
}}

// PeakMemory waits for a process to end and gives the most memory, in bytes, that it
// had resident. What the system tells at the end would count the process that
// started it too.
func PeakMemory(t testing.TB, pid int) (peak int64) {
	t.Helper()
	procFiles.Check(t)
	for {
		now, err := peakOf(pid)
		if err != nil {
			return peak
		}
		peak = max(peak, now)
		time.Sleep(10 * time.Millisecond)
	}
}

// peakOf gives the most memory that a process had resident so far.
func peakOf(pid int) (bytes int64, err error) {
	status, err := os.ReadFile(filepath.Join("/proc", fmt.Sprint(pid), "status"))
	if err != nil {
		return 0, err
	}
	_, peak, found := strings.Cut(string(status), "VmHWM:")
	if !found { // it has ended
		return 0, fmt.Errorf("process %d has no memory", pid)
	}
	_, err = fmt.Sscanf(peak, "%d kB", &bytes)
	return bytes << 10, err
}
