package storetest

import (
	"math/rand/v2"
	"slices"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/dispatch"
	"postbag/digest/work"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
)

// wireTests are about the moment between the commit that puts a mail on the wire and the
// one that settles its answer.
var wireTests = []test{
	{"nobody is lost or doubled, whatever befalls the mails on the wire, when the doubtful are sent again", func(b *bench) {
		playMailings(b, subscribers.Resend)
	}},
	{"nobody is lost or doubled, whatever befalls the mails on the wire, when the doubtful are held", func(b *bench) {
		playMailings(b, subscribers.HoldUncertain)
	}},
	{"another worker takes up what one that was killed had on the wire, and its late answers count", func(b *bench) {
		issue := b.sending(6)
		killed := b.process()
		begun := killed.begins(b, issue, 4)
		killed.member.Leave()
		other := b.process()
		b.equal("left behind", must(b.Stranded(b.ctx(), issue.ID, other.id())), true)
		b.equal("while nobody took it up", b.counted(issue), subscribers.Counts{subscribers.InFlight: 4, subscribers.Queued: 2})
		b.equal("in doubt", must(b.Recover(b.ctx(), deliver.Recovery{IssueID: issue.ID, Worker: other.id(), Policy: subscribers.Resend, Retry: now.Add(time.Minute), Now: now})), 4)
		b.equal("left behind then", must(b.Stranded(b.ctx(), issue.ID, other.id())), false)
		late := deliver.Exchange{IssueID: issue.ID, Worker: killed.id(), Claim: 5, Now: now,
			Settle: []deliver.Result{result(begun[0], subscribers.Delivered, now), result(begun[1], subscribers.Failed, now)}}
		b.equal("what a worker gets that has ended", must(b.Exchange(b.ctx(), late)), deliver.Exchanged{})
		b.equal("with late answers", b.counted(issue), subscribers.Counts{subscribers.Delivered: 1, subscribers.Deferred: 3, subscribers.Queued: 2})
		b.equal("sent again", len(b.exchange(issue, 10, now.Add(time.Minute))), 5)
		late.Settle = []deliver.Result{result(begun[2], subscribers.Delivered, now)}
		must(b.Exchange(b.ctx(), late))
		b.equal("one that comes after that", b.counted(issue), subscribers.Counts{subscribers.Delivered: 1, subscribers.InFlight: 5})
	}},
	{"who is being mailed is not erased, and who was is", func(b *bench) {
		issue := b.sending(2)
		begun := b.exchange(issue, 1, now)[0]
		b.wantKind(b.Erase(b.ctx(), tester, begun.SubscriberID, now), digest.Conflict)
		b.exchange(issue, 0, now, result(begun, subscribers.Delivered, now))
		b.must(b.Erase(b.ctx(), tester, begun.SubscriberID, now))
		b.equal("the rows", b.counted(issue), subscribers.Counts{subscribers.Delivered: 1, subscribers.Queued: 1})
	}},
	{"a hold that gives up what waited keeps the answers to what is on the wire", func(b *bench) {
		issue := b.sending(4)
		begun := b.exchange(issue, 3, now)
		must(b.Hold(b.ctx(), tester, "moved", now))
		b.equal("on the wire", must(b.OnTheWire(b.ctx())), 3)
		b.exchange(issue, 1, now, result(begun[0], subscribers.Delivered, now))
		must(b.Release(b.ctx(), tester, dispatch.LeaveUncertain, now))
		b.exchange(issue, 1, now, result(begun[1], subscribers.Delivered, now), result(begun[2], subscribers.Deferred, now))
		b.equal("the rows", b.counted(issue), subscribers.Counts{subscribers.Delivered: 2, subscribers.Uncertain: 2})
	}},
	{"a withdrawal leaves in doubt what a server may have, and cancels nothing that it has", func(b *bench) {
		issue := b.sending(6)
		begun := b.exchange(issue, 4, now)
		unanswered := func(n int) deliver.Result {
			r := result(begun[n], subscribers.Deferred, now)
			r.Outcome = subscribers.Outcome{Cause: subscribers.NoAnswer, Error: "no answer"}
			return r
		}
		b.exchange(issue, 0, now, unanswered(0))
		b.move(issue, digest.Withdrawn, now)
		b.equal("at once", b.counted(issue), subscribers.Counts{subscribers.InFlight: 3, subscribers.Uncertain: 1, subscribers.Cancelled: 2})
		b.exchange(issue, 0, now, unanswered(1))
		b.equal("no answer later", b.counted(issue), subscribers.Counts{subscribers.InFlight: 2, subscribers.Uncertain: 2, subscribers.Cancelled: 2})
		must(b.Recover(b.ctx(), deliver.Recovery{IssueID: issue.ID, Policy: subscribers.Resend, Retry: now.Add(time.Minute), Now: now}))
		b.equal("of a process that is no more", b.counted(issue), subscribers.Counts{subscribers.Uncertain: 4, subscribers.Cancelled: 2})
		b.exchange(issue, 0, now, result(begun[3], subscribers.Delivered, now))
		b.equal("a late answer", b.counted(issue), subscribers.Counts{subscribers.Delivered: 1, subscribers.Uncertain: 3, subscribers.Cancelled: 2})
	}},
}

// process is a process that delivers: a worker, or none where one process sends and its
// end ends what it had claimed.
type process struct {
	member work.Member
	ahead  []subscribers.Delivery // claimed
	wire   []subscribers.Delivery // begun, and not settled
	late   []deliver.Result       // of one that is gone: what it may still tell
}

func (p *process) id() int64 { return p.member.ID() }

// begins claims and begins rows.
func (p *process) begins(b *bench, issue digest.Issue, n int) []subscribers.Delivery {
	b.Helper()
	claimed := must(b.Exchange(b.ctx(), deliver.Exchange{IssueID: issue.ID, Worker: p.id(), Claim: n, Now: now})).Claimed
	return must(b.Exchange(b.ctx(), deliver.Exchange{IssueID: issue.ID, Worker: p.id(), Begin: claimed, Now: now})).Begun
}

// process makes one.
func (b *bench) process() *process {
	b.Helper()
	return &process{member: b.join()}
}

// player plays a mailing at random, is the mail server as well, and knows what that took.
type player struct {
	*bench
	random  *rand.Rand
	issue   digest.Issue
	policy  subscribers.Ambiguity
	readers int
	at      time.Time

	live, gone []*process
	copies     map[int64]int // that the server took, by row
	doubts     map[int64]int // how often a row was in doubt after it was on the wire
	givenUp    map[int64]bool
	left       map[int64]bool // readers
	held       bool
	paused     bool
	withdrawn  bool
}

func playMailings(b *bench, policy subscribers.Ambiguity) {
	random := digesttest.Rand(b)
	p := &player{bench: b, random: random, policy: policy, readers: 24, at: now, copies: map[int64]int{}, doubts: map[int64]int{}, givenUp: map[int64]bool{}, left: map[int64]bool{}}
	p.issue = b.sending(p.readers)
	p.starts()
	for range 120 {
		p.at = p.at.Add(time.Duration(random.IntN(90)) * time.Second)
		p.befall()
		p.check()
		if b.Failed() {
			b.FailNow()
		}
	}
	p.finish()
}

// several tells whether several processes may work at once.
func (p *player) several() bool { return len(p.live) > 1 || p.canJoin() }

func (p *player) canJoin() bool {
	m, err := p.Join(p.ctx(), work.Joining{Name: "test"})
	if err != nil {
		return false
	}
	m.Leave()
	return true
}

// starts starts a process, which first deals with what others left behind.
func (p *player) starts() {
	p.Helper()
	n := p.process()
	p.recovers(n)
	p.live = append(p.live, n)
}

// recovers has a process without any rows look for those of processes that are gone.
func (p *player) recovers(n *process) {
	p.Helper()
	must(p.Recover(p.ctx(), deliver.Recovery{IssueID: p.issue.ID, Worker: n.id(), Policy: p.policy, Retry: p.at.Add(time.Minute), Now: p.at}))
	for _, g := range p.gone {
		for _, d := range g.wire {
			p.doubts[d.ID]++
		}
		g.wire = nil
	}
}

// befall does one thing at random.
func (p *player) befall() {
	p.Helper()
	some := p.live[p.random.IntN(len(p.live))]
	switch n := p.random.IntN(100); {
	case n < 60:
		p.steps(some)
	case n < 68:
		p.kills(some)
	case n < 72:
		if len(p.live) < 3 && p.several() {
			p.starts()
		}
	case n < 77:
		p.tellsLate()
	case n < 80 && len(some.ahead)+len(some.wire) == 0:
		p.recovers(some)
	case n < 84:
		p.leaves()
	case n < 87:
		p.erases()
	case n < 91:
		p.holdsOrReleases()
	case n < 96:
		p.pausesOrResumes()
	case n == 99 && p.random.IntN(3) == 0 && !p.withdrawn:
		p.move(p.issue, digest.Withdrawn, p.at)
		p.withdrawn, p.paused = true, false
	}
}

// steps settles, begins and claims, as a process does.
func (p *player) steps(of *process) {
	p.Helper()
	x := deliver.Exchange{IssueID: p.issue.ID, Worker: of.id(), Now: p.at, Claim: p.random.IntN(4)}
	for len(of.wire) > 0 && p.random.IntN(3) > 0 {
		x.Settle, of.wire = append(x.Settle, p.answers(of.wire[0])), of.wire[1:]
	}
	n := min(len(of.ahead), p.random.IntN(4))
	x.Begin, of.ahead = of.ahead[:n:n], of.ahead[n:]
	done := must(p.Exchange(p.ctx(), x))
	of.ahead = append(of.ahead, done.Claimed...)
	for _, d := range done.Begun {
		p.begun(d)
		of.wire = append(of.wire, d)
	}
	for _, r := range x.Settle {
		if r.State == subscribers.Delivered {
			p.equal("what the server took", p.stateOf(r.DeliveryID), subscribers.Delivered)
		}
	}
}

// answers is what the server does with a message, and what comes of it.
func (p *player) answers(d subscribers.Delivery) deliver.Result {
	r := result(d, subscribers.Delivered, p.at)
	switch n := p.random.IntN(10); {
	case n < 6:
		p.copies[d.ID]++
	case n < 7:
		r.State, r.Outcome = subscribers.Failed, subscribers.Outcome{Cause: subscribers.AddressRefused, Code: 550, Reply: "no"}
	case n < 8:
		r.State, r.Outcome, r.NextTry = subscribers.Deferred, subscribers.Outcome{Cause: subscribers.TryLater, Code: 450, Reply: "later"}, p.at.Add(5*time.Minute)
	case n < 9:
		r.State, r.Outcome, r.NextTry = subscribers.Queued, subscribers.Outcome{Cause: subscribers.NoConnection, Error: "cut"}, p.at
	default:
		p.copies[d.ID] += p.random.IntN(2)
		p.doubts[d.ID]++
		r.State, r.NextTry = p.policy.InDoubt(subscribers.NoAnswer, d.Unanswered), p.at.Add(time.Minute)
		r.Outcome = subscribers.Outcome{Cause: subscribers.NoAnswer, Error: "no answer"}
	}
	return r
}

// begun looks whether a mail may go out.
func (p *player) begun(d subscribers.Delivery) {
	p.Helper()
	switch {
	case p.held || p.paused || p.withdrawn:
		p.Errorf("row %d was begun while held %v, paused %v, withdrawn %v", d.ID, p.held, p.paused, p.withdrawn)
	case p.left[d.SubscriberID]:
		p.Errorf("row %d was begun, whose reader has left", d.ID)
	case p.givenUp[d.ID]:
		p.Errorf("row %d was begun, which was left to a person", d.ID)
	case p.copies[d.ID] > p.doubts[d.ID], p.copies[d.ID] > 0 && p.policy == subscribers.HoldUncertain:
		p.Errorf("row %d was begun with %d copies taken and %d doubts", d.ID, p.copies[d.ID], p.doubts[d.ID])
	}
	for _, of := range append(slices.Clone(p.live), p.gone...) {
		if slices.ContainsFunc(of.wire, func(o subscribers.Delivery) bool { return o.ID == d.ID }) {
			p.Errorf("row %d was begun while it was on the wire", d.ID)
		}
	}
}

// kills ends a process; the server has taken some of what it was sending.
func (p *player) kills(of *process) {
	p.Helper()
	for _, d := range of.wire {
		if p.random.IntN(2) == 0 {
			p.copies[d.ID]++
			of.late = append(of.late, result(d, subscribers.Delivered, p.at))
		}
	}
	of.member.Leave()
	p.live = slices.DeleteFunc(p.live, func(o *process) bool { return o == of })
	p.gone = append(p.gone, of)
	if len(p.live) == 0 {
		p.starts()
	}
}

// tellsLate has a process that lost its lease, and lives, tell its answers and ask for more.
func (p *player) tellsLate() {
	p.Helper()
	if len(p.gone) == 0 {
		return
	}
	of := p.gone[p.random.IntN(len(p.gone))]
	done := must(p.Exchange(p.ctx(), deliver.Exchange{IssueID: p.issue.ID, Worker: of.id(), Now: p.at, Settle: of.late, Begin: of.ahead, Claim: 2}))
	p.equal("what a worker gets that has ended", done, deliver.Exchanged{})
	for _, r := range of.late {
		of.wire = slices.DeleteFunc(of.wire, func(d subscribers.Delivery) bool { return d.ID == r.DeliveryID })
	}
	of.late, of.ahead = nil, nil
}

// leaves has a reader leave.
func (p *player) leaves() {
	p.Helper()
	for _, s := range p.everybody(roster.Filter{}) {
		if s.State == subscribers.Active && p.random.IntN(12) == 0 {
			must(p.Unsubscribe(p.ctx(), s.Token, p.at))
			p.left[s.ID] = true
			return
		}
	}
}

// erases forgets a reader, unless a mail to that one is on the wire.
func (p *player) erases() {
	p.Helper()
	all := must(p.Deliveries(p.ctx(), p.issue.ID, 0))
	d := all[p.random.IntN(len(all))]
	err := p.Erase(p.ctx(), tester, d.SubscriberID, p.at)
	switch digest.KindOf(err) {
	case digest.NotFound: // forgotten before
	case digest.Conflict:
		p.equal("a row whose reader cannot be erased", d.State, subscribers.InFlight)
	default:
		p.must(err)
		if d.State == subscribers.InFlight {
			p.Errorf("the reader of row %d was erased while it was on the wire", d.ID)
		}
		p.left[d.SubscriberID] = true
	}
}

func (p *player) holdsOrReleases() {
	p.Helper()
	if !p.held {
		must(p.Hold(p.ctx(), tester, "for the test", p.at))
		p.held = true
		return
	}
	unsent := dispatch.SendUnsent
	if p.random.IntN(6) == 0 {
		unsent = dispatch.LeaveUncertain
		for _, d := range must(p.Deliveries(p.ctx(), p.issue.ID, 0)) {
			if !p.withdrawn && !d.State.Terminal() {
				p.givenUp[d.ID] = true
			}
		}
	}
	must(p.Release(p.ctx(), tester, unsent, p.at))
	p.held = false
}

func (p *player) pausesOrResumes() {
	p.Helper()
	if p.withdrawn || p.held {
		return
	}
	to, why := digest.Paused, digest.Pause{Cause: digest.PauseByHand}
	if p.paused {
		to, why = digest.Sending, digest.Pause{}
	}
	p.must(p.SetIssueState(p.ctx(), tester, p.issue.ID, to, why, p.at, digest.AsSeen{}))
	p.paused = !p.paused
}

func (p *player) stateOf(id int64) subscribers.DeliveryState {
	p.Helper()
	for _, d := range must(p.Deliveries(p.ctx(), p.issue.ID, 0)) {
		if d.ID == id {
			return d.State
		}
	}
	return ""
}

// check looks at what is shown: it adds up, and nothing is cancelled or sent of which a
// server is hearing.
func (p *player) check() {
	p.Helper()
	counts := must(p.Counts(p.ctx(), p.issue.ID))
	p.equal("the audience", counts.Total(), p.readers)
	listed := subscribers.Counts{}
	states := map[int64]subscribers.DeliveryState{}
	for _, d := range must(p.Deliveries(p.ctx(), p.issue.ID, 0)) {
		listed[d.State]++
		states[d.ID] = d.State
		if d.State == subscribers.Delivered && p.copies[d.ID] == 0 {
			p.Errorf("row %d is sent, and the server has nothing", d.ID)
		}
		if d.State == subscribers.Cancelled && p.copies[d.ID] > 0 && d.Unanswered > 0 {
			p.Errorf("row %d is cancelled, and the server may have it", d.ID)
		}
	}
	p.equal("the listing", listed, counts)
	wire := 0
	for _, of := range append(slices.Clone(p.live), p.gone...) {
		for _, d := range of.wire {
			wire++
			if s := states[d.ID]; s != subscribers.InFlight && !p.givenUp[d.ID] {
				p.Errorf("row %d is on the wire, and shown as %s", d.ID, s)
			}
		}
	}
	if n := counts[subscribers.InFlight]; n > wire {
		p.Errorf("%d rows are shown on the wire of %d", n, wire)
	}
}

// finish lets everything go on until nothing is left to do.
func (p *player) finish() {
	p.Helper()
	if p.held {
		must(p.Release(p.ctx(), tester, dispatch.SendUnsent, p.at))
		p.held = false
	}
	if p.paused {
		p.pausesOrResumes()
	}
	for len(p.live) > 0 {
		of := p.live[0]
		of.member.Leave()
		p.live, p.gone = p.live[1:], append(p.gone, of)
	}
	p.starts()
	for range 40 {
		p.at = p.at.Add(time.Hour)
		for range 30 {
			p.steps(p.live[0])
		}
	}
	for range 200 { // what is claimed or on the wire ends
		p.steps(p.live[0])
	}
	p.check()
	counts := must(p.Counts(p.ctx(), p.issue.ID))
	p.equal("open rows", counts.Open(), 0)
	if !p.withdrawn {
		p.equal("finished", must(p.Finish(p.ctx(), p.issue.ID, p.at)), true)
	}
	doubled := 0
	for _, n := range p.copies {
		doubled += max(n-1, 0)
	}
	p.Logf("%v, %d taken twice, withdrawn %v", counts, doubled, p.withdrawn)
	for _, d := range must(p.Deliveries(p.ctx(), p.issue.ID, 0)) {
		n := p.copies[d.ID]
		if n == 0 && d.State == subscribers.Cancelled && !p.withdrawn && !p.left[d.SubscriberID] {
			p.Errorf("the reader of row %d is lost", d.ID)
		}
		if most := 1 + p.doubts[d.ID]; n > most || n > 1 && p.policy == subscribers.HoldUncertain {
			p.Errorf("row %d was taken %d times with %d doubts", d.ID, n, p.doubts[d.ID])
		}
	}
}
