package digesttest

// Large gives the size of what a test reads in one goroutine to measure time and
// memory: as told, or an eighth where the race detector, which has nothing to see
// there, watches. The whole is measured without it.
func Large(size int64) int64 {
	if Race {
		return size / 8
	}
	return size
}
