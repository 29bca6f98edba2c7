package poll

import (
	"context"
	"errors"
	"net/http"

	"postbag/digest"
	"postbag/digest/pull"
)

// get asks for one page; only the first one of a run is conditional.
func (r *run) get(ctx context.Context, address, accept string) (*pull.Response, error) {
	var v digest.Validators
	newest := len(r.Asked) == 0
	if newest && r.conditional() {
		v = r.feed.Validators
	}
	r.at = address
	resp, err := r.Get(ctx, address, accept, v)
	if err == nil || digest.KindOf(err) != digest.Forbidden {
		r.feed.LastTry = r.Began
		if newest && v == (digest.Validators{}) {
			r.feed.AskedWhole = r.Began
		}
	}
	if err != nil {
		return nil, err
	}
	if newest {
		r.Validators = resp.Validators
		r.fresh, r.moved = resp.CacheMaxAge, resp.Moved
	}
	return resp, nil
}

// conditional tells whether the request is conditional: not while older pages are
// missing, nor when the caller wants the whole feed. Where validators hide edits and
// removals the schedule asks for the whole once a day.
func (r *run) conditional() bool {
	switch {
	case r.History, r.Force, r.Accept, !r.feed.CatchUp.IsZero():
		return false
	}
	return !(r.Traits.HidesEdits && r.scheduled && pull.DayAgo(r.feed.AskedWhole, r.Began))
}

// refused tells whether an answer refuses the request for good, and does not ask to
// try again.
func refused(err error) bool {
	e, ok := errors.AsType[*pull.StatusError](err)
	return ok && e.Status/100 == 4 && e.Status != http.StatusRequestTimeout && e.Status != http.StatusTooManyRequests && e.RetryAfter == 0
}
