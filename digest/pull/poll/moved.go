package poll

import (
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/field"
	"postbag/digest/hostname"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
)

// believedPolls is how many polls must find a feed where it says that it has moved.
const believedPolls = 3

// follow changes the feed's address after a permanent redirect (RFC 9110, 15.4.2 and
// 15.4.9) that three polls found, at least [pull.MinInterval] apart: a proxy that
// redirects for an hour must not move the feed. A target on another host has to list
// something that is known, and no target may give up https.
func (r *run) follow() {
	f := &r.feed
	if r.moved == "" || r.moved == f.URL {
		f.MovedTo, f.MovedPolls = "", 0
		return
	}
	if len(r.moved) > field.MaxAddress {
		r.Note("the feed says it has moved for good, to an address of %d bytes: too long to keep, so the address stays", len(r.moved))
		f.MovedTo, f.MovedPolls = "", 0
		return
	}
	r.Note("the feed says it has moved for good to %s", r.moved)
	if !r.believable() {
		if !r.first {
			r.Note("nothing that is known is listed there, so the address stays")
		}
		f.MovedTo, f.MovedPolls = "", 0
		return
	}
	if f.MovedTo != r.moved {
		f.MovedTo, f.MovedPolls = r.moved, 0
	}
	if last := r.before.LastTry; f.MovedPolls == 0 || last.IsZero() || r.Began.Sub(last) >= pull.MinInterval {
		f.MovedPolls++
	}
	if f.MovedPolls < believedPolls {
		return
	}
	f.URL, f.MovedTo, f.MovedPolls, f.Older = r.moved, "", 0, ""
	f.Validators, f.AskedWhole = digest.Validators{}, time.Time{}
	r.Note("from now on it is asked there")
}

// believable tells whether the target of a move may be the feed. "Not modified"
// counts only from where the feed was seen before.
func (r *run) believable() bool {
	from, to := identity.Web(r.feed.URL), identity.Web(r.moved)
	if from == nil || to == nil || strings.EqualFold(from.Scheme, "https") && !strings.EqualFold(to.Scheme, "https") {
		return false
	}
	if hostname.Site(from.Hostname()) == hostname.Site(to.Hostname()) {
		return true
	}
	if r.report.notModified {
		return r.feed.MovedTo == r.moved
	}
	return r.lists
}
