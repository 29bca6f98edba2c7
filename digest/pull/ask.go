package pull

import (
	"context"
	"errors"
	"net/http"

	"postbag/digest"
)

// get asks for one page; only the first one of a run is conditional.
func (r *run) get(ctx context.Context, address, accept string) (*Response, error) {
	req := Request{URL: address, Accept: accept}
	newest := len(r.seen) == 0
	if newest && r.conditional() {
		req.ETag, req.LastModified = r.feed.ETag, r.feed.LastModified
	}
	r.at, r.seen[address] = address, true
	r.report.requests++
	resp, err := r.p.opts.Fetcher.Get(ctx, req)
	if digest.KindOf(err) != digest.Forbidden || err == nil {
		r.feed.LastTry = r.began
		if newest && req.ETag == "" && req.LastModified == "" {
			r.feed.AskedWhole = r.began
		}
	}
	if err != nil {
		return nil, err
	}
	r.share.bytes += int64(len(resp.Body))
	if newest {
		r.validators = validators{resp.ETag, resp.LastModified}
		r.fresh, r.moved = resp.CacheMaxAge, resp.Moved
	}
	return resp, nil
}

// conditional tells whether an unchanged feed may say so instead of answering.
// It may not while older pages are missing, nor when somebody wants the whole.
// Where validators hide edits and removals the schedule asks for the whole once a
// day.
func (r *run) conditional() bool {
	switch {
	case r.History, r.Force, r.Accept, !r.feed.CatchUp.IsZero():
		return false
	}
	return !(r.habits.hidesEdits && r.scheduled && dayAgo(r.feed.AskedWhole, r.began))
}

// refused tells whether an answer says that there is nothing for us, and not that
// we are to come again.
func refused(err error) bool {
	e, ok := statusError(err)
	return ok && e.Status/100 == 4 && e.Status != http.StatusRequestTimeout && e.Status != http.StatusTooManyRequests && e.RetryAfter == 0
}

// statusOf gives the status of an answer that was none, 0 for other errors.
func statusOf(err error) int {
	if e, ok := statusError(err); ok {
		return e.Status
	}
	return 0
}

func statusError(err error) (*StatusError, bool) { return errors.AsType[*StatusError](err) }
