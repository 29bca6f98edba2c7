package pull

import (
	"time"

	"postbag/digest"
)

// What one feed may take of a pull that does not go back to the beginning, and the
// comments of single posts together: real time, and bytes of answers. A blog whose
// pages lead on without end gets no more of the machine, nor of the others' time.
var (
	shareTime  = 15 * time.Minute
	shareBytes = int64(200 << 20)
)

// share is what a run has taken.
type share struct {
	began time.Time
	bytes int64
}

func newShare() share { return share{began: time.Now()} }

// over tells that a run has had its share, before it asks for another page. What came
// so far is stored.
func (r *run) over() error {
	const hint = "What came so far is stored. To read it to its end: postbag pull --history"
	switch {
	case r.History:
		return nil
	case r.share.bytes > shareBytes:
		return digest.Fail(digest.Unavailable, hint, "its pages hold more than %d MB, and it was left there", shareBytes>>20)
	case time.Since(r.share.began) > shareTime:
		return digest.Fail(digest.Unavailable, hint, "it took longer than %s and was left there", shareTime.Round(time.Second))
	}
	return nil
}
