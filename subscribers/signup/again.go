package signup

import (
	"context"
	"fmt"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/address"
)

// AskAgain mails a person once more that they have to confirm, on behalf of somebody at
// the desk. Who has not confirmed may be asked, and whose address bounced, which then
// counts again once they confirm. Who left by themselves or complained is never asked:
// the error is of kind Conflict, as for who gets issues already, and for an address that
// the limits protect.
func (s *Service) AskAgain(ctx context.Context, by digest.Actor, sub subscribers.Subscriber) error {
	switch sub.State {
	case subscribers.Pending, subscribers.Bounced:
	case subscribers.Active:
		return digest.Fail(digest.Conflict, "", "%s has confirmed already", sub.Email)
	default:
		return digest.Fail(digest.Conflict, "Only the owner of the address can bring it back, with the sign-up form.", "%s left by a decision of their own and is not asked", sub.Email)
	}
	addr, err := address.Parse(sub.Email)
	if err != nil {
		return fmt.Errorf("ask to confirm: %w", err)
	}
	page := "desk"
	if by.Kind == digest.ByCommand {
		page = "subscriber ask"
	}
	now := s.clock.Now()
	queued, err := s.store.Request(ctx, Request{
		Email: addr.Email, Key: addr.Key, Mailbox: addr.Mailbox, Token: subscribers.NewToken(), Confirm: subscribers.NewToken(),
		Expires: now.Add(subscribers.ConfirmationLife), Consent: subscribers.Consent{At: now, Page: page, EnteredBy: by.Name}, Limits: s.limits, By: by,
	})
	if err != nil {
		return fmt.Errorf("ask to confirm: %w", err)
	}
	if !queued {
		return digest.Fail(digest.Conflict, "Try again tomorrow.", "%s was asked as often as an address may be", sub.Email)
	}
	s.log.InfoContext(ctx, "a reader is asked once more to confirm", "subscriber", sub.ID, "by", by.Name)
	return nil
}

// Release begins to take an address off the suppression list: one that bounced is asked to
// confirm anew, and is mailed again once it does. One that is not suppressed is an error of
// kind Conflict; so is one whose owner left, see [Service.AskAgain].
func (s *Service) Release(ctx context.Context, by digest.Actor, sub subscribers.Subscriber) error {
	if !sub.State.Suppressed() {
		return digest.Fail(digest.Conflict, "", "%s is not suppressed: it is %s", sub.Email, sub.State)
	}
	return s.AskAgain(ctx, by, sub)
}
