package bounce

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"postbag/digest"
)

// Place is where a mailbox puts a message that was looked at.
type Place string

// The places. Both are folders of the mailbox that the program never looks into.
const (
	Done    Place = "Done"
	Unknown Place = "Unknown" // for a person to look at
)

// Mailbox holds messages that came back.
type Mailbox interface {
	// Each calls take with each new message, at most so many, and with the addresses
	// that it was for as far as the mailbox knows, and puts the message where take
	// says. An error of take leaves that message where it is and ends it.
	Each(ctx context.Context, most int, take func(r io.Reader, to ...string) (Place, error)) error
}

// mostPolled is how many messages one look at a mailbox takes. The rest is for the next.
const mostPolled = 500

// errUnreadable tells a message that the mailbox could not give whole.
var errUnreadable = errors.New("the message cannot be read")

// placeOf tells where a message goes: what is read and about somebody, or says nothing
// of any address by a program, is done; a person's answer and what cannot be read or
// proved wait for a person.
func placeOf(t Taken) Place {
	switch t.Outcome {
	case Recorded, Repeated:
		return Done
	case NoEvent:
		if t.Kind.ByProgram() {
			return Done
		}
	}
	return Unknown
}

// Poll takes the new messages of a mailbox, and tells how many there were. One that
// cannot be read is put away, and never keeps the others waiting.
func (s *Service) Poll(ctx context.Context, from Source, box Mailbox) (n int, err error) {
	counts := map[Outcome]int{}
	err = box.Each(ctx, mostPolled, func(r io.Reader, to ...string) (Place, error) {
		taken, err := s.Message(ctx, from, r, to...)
		switch {
		case errors.Is(err, errUnreadable):
			taken.Outcome = Unread
		case err != nil:
			return "", err
		}
		counts[taken.Outcome]++
		n++
		return placeOf(taken), nil
	})
	if n > 0 {
		s.o.Log.Info("read what came back", "source", string(from), "messages", n, slog.Any("outcomes", counts))
	}
	if err != nil {
		return n, digest.Fail(digest.Unavailable, digest.HintOf(err), "%w", fmt.Errorf("read bounces (%s): %w", from, err))
	}
	return n, nil
}
