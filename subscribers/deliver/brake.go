package deliver

import (
	"strings"
	"sync"
	"time"

	"postbag/subscribers"
)

// Throttle is how a temporary refusal limits how much is taken.
type Throttle int

// The kinds of throttling, by reply codes (RFC 5321, 4.2.3; RFC 3463, 3.5 to 3.8).
const (
	// NotThrottled is a refusal that says nothing of how much is taken.
	NotThrottled Throttle = iota
	// MaybeThrottled may be about the address as well; several in a row, after first
	// tries were taken, are throttling. Greylisting refuses every first try (RFC 6647).
	MaybeThrottled
	// Throttled tells to send slower.
	Throttled
	// QuotaReached is the limit of an hour or a day.
	QuotaReached
)

const (
	// So many refusals in a row that may be throttling are taken for it.
	throttledRow = 5
	// So many are enough where there is a brake already.
	brakedRow = 2
	// The first pause, which doubles while the server takes nothing, up to the longest;
	// where a quota is used up, both are longer.
	brakeFirst        = time.Second
	brakeLongest      = 10 * time.Minute
	brakeQuota        = 15 * time.Minute
	brakeQuotaLongest = time.Hour
	// A burst that was taken whole so often in a row lets the next be larger.
	brakeGood = 2
	// After so long without a refusal a brake is released.
	brakeForget = 6 * time.Hour
	// So many domains are remembered before those without a brake are forgotten.
	mostDomains = 10_000
)

// brake slows down towards one that takes only so much in some time: the server, or a
// receiving domain. It stops after a refusal, lets one message try after a pause, and
// finds out how much is taken in how long: a burst of so many messages in each period.
// A burst that is taken whole several times over may grow, so that a limit that was
// lifted is found.
type brake struct {
	room int // messages of a burst; 0: there is no brake

	until    time.Time // nothing is begun before
	trying   bool      // one message tries whether the pause was long enough
	out      int       // on the wire
	used     int       // begun in this burst
	accepted int       // of this burst
	began    time.Time // when this burst began
	last     time.Time // when the burst began that was refused
	refusal  time.Time // when it was refused last
	good     int       // bursts in a row that were taken whole

	// A period is longer than least, and not longer than most; 0 is not known.
	least, most time.Duration
	step        time.Duration // the next pause where most is not known

	row     int  // refusals in a row that may be throttling
	suspect int  // refusals of a domain for throttling since one was taken
	fresh   bool // a first try was taken
	put     int  // rows that were put back since the last refusal
}

// may tells whether a message may begin. If not, it may from the moment given on, or
// once another's answer is there where that is zero.
func (b *brake) may(now time.Time) (ok bool, from time.Time) {
	b.forget(now)
	switch {
	case b.room == 0:
		return true, time.Time{}
	case now.Before(b.until) && b.until.Sub(now) <= brakeQuotaLongest+brakeForget: // or the clock was ahead
		return false, b.until
	case b.trying:
		return b.out == 0, time.Time{}
	case !b.began.IsZero() && !now.Before(b.began.Add(b.most)):
		b.began, b.used, b.accepted = now, b.out, 0
	}
	if b.used < b.room {
		return true, time.Time{}
	}
	if b.out > 0 {
		return false, time.Time{}
	}
	if b.good++; b.good >= brakeGood {
		b.good, b.room = 0, b.room+max(b.room/4, 1)
	}
	b.until, b.put = b.began.Add(b.most), 0
	b.began, b.used, b.accepted = time.Time{}, 0, 0
	return !now.Before(b.until), b.until
}

// forget releases a brake that was put on long ago, or by a clock that was ahead.
func (b *brake) forget(now time.Time) {
	if since := now.Sub(b.refusal); b.room > 0 && (since > brakeForget || since < -brakeForget) {
		b.room, b.least, b.most, b.step = 0, 0, 0, 0
		b.until, b.began, b.trying = time.Time{}, time.Time{}, false
	}
}

// begin counts a message that begins.
func (b *brake) begin(now time.Time) {
	if b.out++; b.room == 0 {
		return
	}
	if b.used++; b.began.IsZero() {
		b.began = now
	}
}

// ended takes a message off the wire; one that was never handed over does not count.
func (b *brake) ended(handed bool) {
	b.out--
	if !handed && b.room > 0 && b.used > 0 {
		b.used--
	}
}

// took notes an accepted message.
func (b *brake) took(now time.Time, first bool) {
	b.row, b.suspect = 0, 0
	b.fresh = b.fresh || first
	b.accepted++
	if b.trying && !now.Before(b.until) { // else it was on the wire before
		// A burst may have begun after the server's period did: a period that is a little
		// too short lets every second burst fall into one that is used up.
		took := now.Sub(b.last)
		b.trying, b.most, b.step = false, max(took+took/12, brakeFirst), 0
		b.least = min(b.least, b.most)
	}
}

// maybe notes a refusal that may be throttling, and tells whether it is.
func (b *brake) maybe(first bool) bool {
	if !b.fresh || !first && !b.trying {
		return false
	}
	if b.trying {
		return true
	}
	b.row++
	return b.row >= throttledRow || b.room > 0 && b.row >= brakedRow
}

// refused stops for a while.
func (b *brake) refused(now time.Time, quota bool) {
	b.forget(now)
	if b.room > 0 && now.Before(b.until) {
		return // another message of the same burst
	}
	b.refusal, b.put, b.good, b.row = now, 0, 0, 0
	switch {
	case b.room == 0:
		// The period is not known, and what was sent before may have been in many.
		b.last, b.room = now, max(b.accepted, 1)
	case b.trying:
		if b.least = now.Sub(b.last); b.most > 0 && b.least >= b.most {
			b.most, b.step = 0, b.least/8 // it was long enough once: a little more may be now
		}
	default:
		// A burst may have begun in the midst of the server's period.
		b.room = max(min(b.accepted, b.room), b.room*3/4, 1)
		if b.last = b.began; b.last.IsZero() {
			b.last = now
		}
	}
	b.trying, b.used, b.accepted, b.began = true, 0, 0, time.Time{}
	if b.until = b.last.Add(b.aim()); b.most == 0 || !b.until.After(now) {
		first, longest := brakeFirst, brakeLongest
		if quota {
			first, longest = brakeQuota, brakeQuotaLongest
		}
		b.step = min(max(b.step, first), longest)
		b.until = now.Add(b.step)
		b.step *= 2
	}
}

// aim is how long after the beginning of a burst the next is tried: half way between
// what was too short and what was long enough, until these are close together.
func (b *brake) aim() time.Duration {
	if b.most-b.least > b.most/8 {
		return (b.least + b.most) / 2
	}
	return b.most
}

// slot gives a moment to a row that is put back: each burst takes so many.
func (b *brake) slot(now time.Time) time.Time {
	at := b.until
	if at.Before(now) {
		at = now
	}
	at = at.Add(time.Duration(b.put/max(b.room, 1)) * max(b.most, brakeFirst))
	b.put++
	if most := now.Add(delayMost); at.After(most) {
		return most
	}
	return at
}

// brakes are those of a process: towards the server, which is the same for all issues,
// and towards each domain.
type brakes struct {
	words     string // of the server's last temporary refusal
	perDomain int    // messages at once to one domain; 0 is no limit

	mu       sync.Mutex
	server   brake
	domains  map[string]*brake
	rowOf    string        // the domain of the refusals in a row of the server
	isMixed  bool          // they are of several
	rowBrake *brake        // that they put on, while they are of one
	ends     uint64        // counts messages that went off the wire
	waiting  bool          // somebody waits for changed
	changed  chan struct{} // closed when a message is off the wire
}

func newBrakes(perDomain int) *brakes {
	return &brakes{perDomain: perDomain, domains: map[string]*brake{}, changed: make(chan struct{})}
}

// domainOf gives the receiving domain of an address.
func domainOf(email string) string {
	return strings.ToLower(email[strings.LastIndexByte(email, '@')+1:])
}

// of gives the brake of a domain.
func (s *brakes) of(email string) *brake {
	name := domainOf(email)
	if b := s.domains[name]; b != nil {
		return b
	}
	if len(s.domains) >= mostDomains {
		for name, b := range s.domains {
			if b.out == 0 && b.room == 0 {
				delete(s.domains, name)
			}
		}
	}
	b := &brake{}
	s.domains[name] = b
	return b
}

// seen counts the messages that are off the wire; see [brakes.next].
func (s *brakes) seen() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ends
}

// next gives what is closed when one more message is off the wire than was seen.
func (s *brakes) next(seen uint64) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ends != seen {
		closed := make(chan struct{})
		close(closed)
		return closed
	}
	s.waiting = true
	return s.changed
}

// picked is what became of claimed rows.
type picked struct {
	begin []subscribers.Delivery
	keep  []subscribers.Delivery // still claimed, for later
	back  []subscribers.Delivery // NextTry is when
	// passed is how many of keep are to a domain that has enough at present.
	passed int
	from   time.Time // when more may begin by the server's brake; zero: when others' answers are there
}

// pick takes up to n rows to begin next, out of those that are claimed.
func (s *brakes) pick(now time.Time, claimed []subscribers.Delivery, n int) (p picked) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, d := range claimed {
		if len(p.begin) == n {
			p.keep = behind(p.keep, claimed[i:])
			break
		}
		ok, from := s.server.may(now)
		if !ok {
			p.from = from
			p.keep = behind(p.keep, claimed[i:])
			break
		}
		b := s.of(d.Email)
		if s.perDomain > 0 && b.out >= s.perDomain {
			p.keep = append(p.keep, d)
			p.passed++
			continue
		}
		switch ok, from := b.may(now); {
		case ok:
			s.server.begin(now)
			b.begin(now)
			p.begin = append(p.begin, d)
		case from.IsZero():
			p.keep = append(p.keep, d)
			p.passed++
		default:
			d.NextTry = b.slot(now)
			p.back = append(p.back, d)
		}
	}
	return p
}

// behind puts rows behind others; they are not copied where there are none.
func behind(some, rest []subscribers.Delivery) []subscribers.Delivery {
	if len(some) == 0 {
		return rest
	}
	return append(some, rest...)
}

// ended notes that a message is off the wire, or was not handed over at all.
func (s *brakes) ended(d subscribers.Delivery, handed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.server.ended(handed)
	s.of(d.Email).ended(handed)
	if s.ends++; s.waiting {
		s.waiting = false
		close(s.changed)
		s.changed = make(chan struct{})
	}
}

// took notes an accepted message.
func (s *brakes) took(now time.Time, d subscribers.Delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.rowOf, s.isMixed, s.rowBrake = "", false, nil
	s.server.took(now, d.Attempts <= 1)
	s.of(d.Email).took(now, d.Attempts <= 1)
}

// refused notes a refusal. Where it is throttling it gives the moment of the next try.
// fresh tells that the connection had not carried anything before.
func (s *brakes) refused(now time.Time, d subscribers.Delivery, e *SendError, fresh bool) (next time.Time, throttled bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b, first, t := s.of(d.Email), d.Attempts <= 1, e.Throttle
	if e.Code == 421 && e.Stage == StageMail && t == NotThrottled && fresh && s.server.fresh {
		t = Throttled // it does not end one connection, it takes no other
	}
	switch name := domainOf(d.Email); {
	case t == NotThrottled:
		return time.Time{}, false
	case s.rowOf == "":
		s.rowOf = name
	case s.rowOf != name && !s.isMixed:
		// It is not that domain which takes no more.
		if s.isMixed = true; s.rowBrake != nil {
			s.rowBrake.room, s.rowBrake = 0, nil
		}
	}
	if !s.server.trying {
		b.suspect++
	}
	whole := e.Stage == StageMail || s.isMixed || s.server.room > 0 && b.suspect < throttledRow
	quota := t == QuotaReached
	if t == MaybeThrottled {
		// Both count, so neither may be left out.
		ofServer, ofDomain := s.server.maybe(first), b.maybe(first)
		if whole = whole && ofServer; !whole && !ofDomain {
			return time.Time{}, false
		}
	}
	if whole || quota {
		s.server.refused(now, quota)
		return s.server.until, true
	}
	if b.room == 0 {
		s.rowBrake = b
	}
	b.refused(now, false)
	return b.slot(now), true
}

// until tells from when on the server takes more; zero where it may now.
func (s *brakes) until(now time.Time) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ok, from := s.server.may(now); !ok {
		return from
	}
	return time.Time{}
}

// says keeps the words of a temporary refusal.
func (s *brakes) says(words string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.words = words
}

// said gives the words of the last temporary refusal.
func (s *brakes) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.words
}

// braked tells that the server has a brake.
func (s *brakes) braked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.server.room > 0
}
