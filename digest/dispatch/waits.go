package dispatch

import (
	"context"
	"errors"
	"time"

	"postbag/digest"
	"postbag/subscribers/deliver"
)

// patienceToNote is how long a database is waited for to keep what the sending waits for.
const patienceToNote = 2 * time.Second

// Note keeps for all processes what the sending of an issue waits for after a run: its
// summary, or the error for which it is tried again at a moment, zero where nobody does.
// It is written when it changes.
func (s *Sender) Note(ctx context.Context, issue digest.Issue, summary deliver.Summary, err error, again time.Time) {
	var w digest.Waits
	switch {
	case err != nil && digest.KindOf(err) == digest.Unavailable && ctx.Err() == nil:
		w = digest.Waits{For: digest.WaitsForServer, Words: wordsOf(err), Until: again}
	case err != nil:
		return
	case summary.Waits == deliver.WaitsForRate:
		w = digest.Waits{For: digest.WaitsForRate, Words: summary.Words, Until: summary.NextTry}
	case summary.Waits == deliver.WaitsForServer:
		w = digest.Waits{For: digest.WaitsForServer, Words: summary.Words, Until: summary.NextTry}
	}
	s.note(ctx, issue, w)
}

// wordsOf gives the server's words where an error has any, else what happened.
func wordsOf(err error) string {
	if e, ok := errors.AsType[*deliver.SendError](err); ok {
		return e.Error()
	}
	return err.Error()
}

func (s *Sender) note(ctx context.Context, issue digest.Issue, w digest.Waits) {
	w.Until = w.Until.Truncate(time.Microsecond)
	if before, known := s.noted.Load(issue.ID); known && before == w {
		return
	}
	if err := s.Store.SetWaits(digest.Impatient(ctx, patienceToNote), issue.ID, w); err != nil {
		s.Log.Debug("what the sending waits for is not kept", "error", err)
		return
	}
	s.noted.Store(issue.ID, w)
}

// goesOn notes while a run goes on that mails are taken again.
func (s *Sender) goesOn(ctx context.Context, issue digest.Issue, progress func(deliver.Progress)) func(deliver.Progress) {
	done := -1
	return func(p deliver.Progress) {
		if done >= 0 && p.Sent > done {
			s.note(ctx, issue, digest.Waits{})
		}
		done = p.Sent
		progress(p)
	}
}
