package signup

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/subscribers"
)

// The methods below take the token of a link. One that cannot be a token, and
// one that stands for nobody, give the same error of kind NotFound.

// Confirmation looks at a confirmation link without using it.
func (s *Service) Confirmation(ctx context.Context, token string) (Confirmation, error) {
	if err := checkToken(token); err != nil {
		return Confirmation{}, err
	}
	c, err := s.store.Confirmation(ctx, token)
	if err != nil {
		return Confirmation{}, fmt.Errorf("look up a confirmation: %w", err)
	}
	return c, nil
}

// Expired tells whether the link can no longer be used at a moment. A link that
// was used in time is not expired: pressing it again is harmless.
func (c Confirmation) Expired(at time.Time) bool {
	return c.UsedAt.IsZero() && !at.Before(c.ExpiresAt)
}

// Confirm uses a confirmation link: its address becomes active, with the time,
// ip and page as proof of consent. Used again it changes nothing. A link that
// ran out gives an error of kind Conflict.
func (s *Service) Confirm(ctx context.Context, token, ip, page string) (subscribers.Subscriber, error) {
	if err := checkToken(token); err != nil {
		return subscribers.Subscriber{}, err
	}
	sub, err := s.store.Confirm(ctx, token, s.consent(ip, page, s.agreed(ctx)))
	return named(sub, err, "confirm a subscription")
}

// Lookup finds the subscriber whose mails carry a token.
func (s *Service) Lookup(ctx context.Context, token string) (subscribers.Subscriber, error) {
	if err := checkToken(token); err != nil {
		return subscribers.Subscriber{}, err
	}
	sub, err := s.store.ByToken(ctx, token)
	return named(sub, err, "look up a subscriber")
}

// Unsubscribe ends a subscription at once. Asked again it changes nothing.
func (s *Service) Unsubscribe(ctx context.Context, token string) (subscribers.Subscriber, error) {
	if err := checkToken(token); err != nil {
		return subscribers.Subscriber{}, err
	}
	sub, err := s.store.Unsubscribe(ctx, token, s.clock.Now())
	return named(sub, err, "unsubscribe")
}

// Undo takes an unsubscription back, by the person who holds the link. Whoever
// is not unsubscribed stays as they are: a bounce is not undone.
func (s *Service) Undo(ctx context.Context, token, ip, page string) (subscribers.Subscriber, error) {
	if err := checkToken(token); err != nil {
		return subscribers.Subscriber{}, err
	}
	sub, err := s.store.Return(ctx, token, s.consent(ip, page, undoWording))
	return named(sub, err, "undo an unsubscription")
}

// SetFrequency sets how often the mail comes. A frequency that does not exist
// gives an error of kind Invalid.
func (s *Service) SetFrequency(ctx context.Context, token string, f subscribers.Frequency) (subscribers.Subscriber, error) {
	if err := checkToken(token); err != nil {
		return subscribers.Subscriber{}, err
	}
	if f != subscribers.Every && f != subscribers.Monthly {
		return subscribers.Subscriber{}, digest.Fail(digest.Invalid, "Choose every issue, or only the month's last.",
			"the frequency %q does not exist", f)
	}
	sub, err := s.store.SetFrequency(ctx, token, f)
	return named(sub, err, "set how often the mail comes")
}

// checkToken refuses what cannot be a token before the store hears of it.
func checkToken(token string) error {
	if _, ok := subscribers.TokenKey(token); !ok {
		return digest.Fail(digest.NotFound, "Use the whole link from the mail.", "this link stands for nothing")
	}
	return nil
}

func named(sub subscribers.Subscriber, err error, operation string) (subscribers.Subscriber, error) {
	if err != nil {
		return subscribers.Subscriber{}, fmt.Errorf("%s: %w", operation, err)
	}
	return sub, nil
}
