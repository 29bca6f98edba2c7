package poll

import (
	"math"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
)

// measure notes how large the first page is and how many entries come in a day of
// late: a mean that forgets half of what was before within some 17 hours. A feed
// that is new tells by the dates of its entries.
func (r *run) measure(now time.Time) {
	f := &r.feed
	if size := len(r.newest.Posts) + len(r.newest.Comments); size > 0 {
		f.PageSize = size
	}
	const day = float64(24 * time.Hour)
	elapsed := max(float64(now.Sub(r.before.LastSuccess)), float64(pull.MinInterval))
	switch {
	case r.first:
		f.Daily = pace(r.newest)
	case !r.History && r.storedCatchUp.IsZero() || r.report.notModified:
		rate := 1000 * float64(r.arrived()) * day / elapsed
		f.Daily = int(math.Round(float64(f.Daily) + (1-math.Exp(-elapsed/day))*(min(rate, 1e8)-float64(f.Daily))))
	}
}

// arrived counts the run's new entries of the feed's kind.
func (r *run) arrived() int {
	if r.feed.Kind == digest.PostsFeed {
		return r.Count.Stored.NewPosts
	}
	return r.Count.Stored.NewComments
}

// pace gives the entries a day, in thousandths, by the dates on a page.
func pace(page pull.Page) int {
	times := page.Published()
	if len(times) < 2 {
		return 0
	}
	span := slices.MaxFunc(times, time.Time.Compare).Sub(slices.MinFunc(times, time.Time.Compare))
	return int(min(1000*float64(len(times)-1)*float64(24*time.Hour)/float64(max(span, pull.MinInterval)), 1e8))
}

// halfTurn is the time in which half of the first page is new, 0 when nothing is
// known of it.
func halfTurn(f digest.FeedState) time.Duration {
	if f.Daily <= 0 || f.PageSize <= 0 {
		return 0
	}
	return time.Duration(min(float64(f.PageSize)/2*1000/float64(f.Daily), 365) * float64(24*time.Hour))
}

// crowded tells whether half of the first page came since the last poll: then the
// mean lags behind.
func (r *run) crowded() bool {
	n := r.arrived()
	return !r.first && !r.History && n > 0 && 2*n >= len(r.newest.Posts)+len(r.newest.Comments)
}

// nextPoll gives the next scheduled poll: the usual interval, a shorter one for a
// feed that would turn over more than half of its first page between polls, and
// a longer one if the feed or its answer asks for it; never the same for all feeds,
// and not in an hour in which the feed wants to be left alone.
func (r *run) nextPoll(now time.Time) time.Time {
	luck := 2*r.Random() - 1 // from -1 to 1
	d := float64(r.Interval) * (1 + pull.Jitter*luck)
	if half := halfTurn(r.feed); half > 0 && half < r.Interval {
		d = float64(half) * (1 - pull.Jitter*math.Abs(luck))
	}
	if r.crowded() {
		d = 0
	}
	wait := max(time.Duration(d), pull.MinInterval, time.Duration(float64(r.asked())*(1+pull.Jitter*max(0, luck))), r.kept())
	return awake(now.Add(min(wait, pull.MaxInterval)), r.skipHours)
}

// asked is how long the feed or its answer asks to be left alone. What every feed
// of the platform asks for says nothing.
func (r *run) asked() time.Duration {
	if r.ttl <= r.Traits.UsualTTL {
		return r.fresh
	}
	return max(r.fresh, r.ttl)
}

// kept is the longer interval that the feed asked for the last time it answered
// in full: "not modified" does not repeat it.
func (r *run) kept() time.Duration {
	b := r.before
	d := b.NextPoll.Sub(b.LastTry)
	if !r.report.notModified || b.LastError != "" || b.Suspect != "" || d <= time.Duration((1+pull.Jitter)*float64(r.Interval)) {
		return 0
	}
	return min(d, pull.MaxInterval)
}

// awake moves a moment out of the hours that a feed skips, in GMT. A feed that
// skips all of them means none.
func awake(t time.Time, skip []int) time.Time {
	moved := t
	for range 24 {
		if !slices.Contains(skip, moved.UTC().Hour()) {
			return moved
		}
		moved = moved.Truncate(time.Hour).Add(time.Hour)
	}
	return t
}
