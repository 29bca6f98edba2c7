package dispatch

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// Holds stop all sending and let it go on.
type Holds interface {
	// Held tells whether sending is held, and what waits for it; HeldSince is the
	// cheap part of it.
	Held(ctx context.Context, now time.Time) (Held, error)
	HeldSince(ctx context.Context) (time.Time, error)
	// Hold holds sending, and tells whether it was not held before. An earlier hold
	// keeps its moment, its reason and who made it.
	Hold(ctx context.Context, by digest.Actor, reason string, at time.Time) (done bool, err error)
	// Release lets sending go on and gives what was held. Where another copy may
	// have gone on with something, and nothing is decided about it, the error is of
	// kind Conflict and nothing changes.
	Release(ctx context.Context, by digest.Actor, unsent Unsent, now time.Time) (Held, error)
	// OnTheWire counts the deliveries that are being handed over at this moment.
	OnTheWire(ctx context.Context) (int, error)
}

// Held says whether sending is held, and what waits for it.
type Held struct {
	Since  time.Time // zero: sending is not held
	Reason string
	By     string // the name of who held it; "" for a restore
	// Unsure are the issues that another copy of this installation may have sent,
	// or gone on with, since this one was held: under way or paused, approved
	// before the hold (another's editor may have sent it before its moment), or
	// waiting although their moment has passed.
	Unsure []HeldIssue
	// Letters counts the single letters that were waiting before the hold.
	Letters int
}

// HeldIssue is an issue that may have gone on elsewhere.
type HeldIssue struct {
	digest.Issue // without Blocks and Frozen
	Counts       subscribers.Counts
}

// Unsent says what becomes of mails that another copy of this installation may
// have sent.
type Unsent string

// The decisions that a release needs.
const (
	// NotAsked is no decision: a release with anything to decide is refused.
	NotAsked Unsent = ""
	// LeaveUncertain sends nothing of it: every open delivery becomes uncertain,
	// issues that were waiting lose their moment, and waiting confirmations go.
	LeaveUncertain Unsent = "uncertain"
	// SendUnsent goes on as if nothing had been held: what a moment that passed
	// too long ago, or a pause, leaves to the editor stays with the editor.
	SendUnsent Unsent = "send"
)

// How long a hold waits for what is on the wire to be recorded, and how often it
// looks.
const (
	wireEvery = 100 * time.Millisecond
	wireFor   = 15 * time.Second
)

// Held tells whether sending is held, and what waits for it.
func (s *Sender) Held(ctx context.Context) (Held, error) { return s.Store.Held(ctx, s.Clock.Now()) }

// notHeld refuses to send while sending is held.
func (s *Sender) notHeld(ctx context.Context) error {
	since, err := s.Store.HeldSince(ctx)
	if err != nil || since.IsZero() {
		return err
	}
	return digest.Fail(digest.Conflict, "", "sending is held since %s UTC", since.UTC().Format("2006-01-02 15:04")).
		Offer(digest.Act{Do: digest.ShowHold}, digest.Act{Do: digest.ReleaseHold})
}

// Hold stops all publishing and mailing, and waits a while until what is on the
// wire is recorded; onWire is what still is. Done is false when sending was held
// already.
func (s *Sender) Hold(ctx context.Context, by digest.Actor, reason string) (done bool, onWire int, err error) {
	if done, err = s.Store.Hold(ctx, by, reason, s.Clock.Now()); err != nil || !done {
		return done, 0, err
	}
	for until := time.Now().Add(wireFor); ; {
		onWire, err = s.Store.OnTheWire(ctx)
		if err != nil || onWire == 0 || time.Now().After(until) {
			return true, onWire, err
		}
		if err := (digest.SystemClock{}).Sleep(ctx, wireEvery); err != nil {
			return true, onWire, err
		}
	}
}

// Fate is what becomes of an issue when sending is released.
type Fate string

// The fates.
const (
	GoesOn      Fate = "goes on"
	LostMoment  Fate = "has no moment any more and waits for the editor"
	Stopped     Fate = "is sent no further"
	TooLate     Fate = "is too late and waits for the editor"
	StaysPaused Fate = "stays paused"
)

// Released is an issue of a hold that was released.
type Released struct {
	HeldIssue
	Fate Fate
}

// Release lets sending go on and gives what was held, with what becomes of each
// issue. An error of kind Conflict asks for a decision about what waits; what was
// held is given with it.
func (s *Sender) Release(ctx context.Context, by digest.Actor, unsent Unsent) (was Held, issues []Released, err error) {
	was, err = s.Store.Release(ctx, by, unsent, s.Clock.Now())
	if err != nil {
		return was, nil, err
	}
	for _, x := range was.Unsure {
		issues = append(issues, Released{x, s.fate(x.Issue, unsent)})
	}
	return was, issues, nil
}

func (s *Sender) fate(x digest.Issue, unsent Unsent) Fate {
	waits := x.State == digest.Approved || x.State == digest.Published
	switch {
	case unsent == LeaveUncertain && waits:
		return LostMoment
	case unsent == LeaveUncertain:
		return Stopped
	case waits && s.IsLate(x):
		return TooLate
	case x.State == digest.Paused:
		return StaysPaused
	}
	return GoesOn
}

// IsLate tells whether the moment of an issue passed so long ago that the editor is
// asked before it goes out.
func (s *Sender) IsLate(issue digest.Issue) bool {
	return issue.IsLate(s.Clock.Now(), s.LateAfter)
}
