package dispatch

import (
	"context"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/letters"
)

// letterTime bounds what writing a letter may ask of the database.
const letterTime = 3 * time.Second

// returnPath gives the envelope sender of the mails of issues: a return path of each
// mail's own where bounces are received, else the From address.
func (s *Sender) returnPath(salt []byte) func(subscribers.Delivery) string {
	if s.Writer.Bounces == "" {
		return func(subscribers.Delivery) string { return s.Writer.From }
	}
	path := subscribers.ReturnPath{Domain: s.Writer.Bounces, Salt: salt}.Maker()
	return func(d subscribers.Delivery) string {
		return path(subscribers.Returned{IssueID: d.IssueID, SubscriberID: d.SubscriberID})
	}
}

// LetterFrom gives the envelope sender of a letter. What bounces of a letter to an
// editor goes to the From address, which people read.
func (s *Sender) LetterFrom(l subscribers.Letter) string {
	if s.Writer.Bounces == "" || l.SubscriberID == 0 {
		return s.Writer.From
	}
	ctx, cancel := context.WithTimeout(context.Background(), letterTime)
	defer cancel()
	pub, err := s.Store.Publication(ctx)
	if err != nil {
		return s.Writer.From // it goes out all the same
	}
	return subscribers.ReturnPath{Domain: s.Writer.Bounces, Salt: pub.Salt}.For(subscribers.Returned{LetterID: l.ID, SubscriberID: l.SubscriberID})
}

// WriteLetter writes a single letter, such as the one that asks to confirm. It is
// called while a connection is open and perhaps while the program stops, so it does
// not wait long for the database.
func (s *Sender) WriteLetter(kind letters.Kind, l subscribers.Letter) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), letterTime)
	defer cancel()
	pub, err := s.Store.Publication(ctx)
	if err != nil {
		return nil, err
	}
	series, err := s.Store.SeriesList(ctx)
	if err != nil {
		return nil, err
	}
	facts := letters.Facts{Publication: pub}
	switch {
	case len(series) > 0:
		facts.Series = series[0].Name
	case !kind.ToEditor:
		return nil, digest.Fail(digest.Conflict, "", "there is no series to subscribe to").Offer(digest.Act{Do: digest.AddSource})
	}
	return kind.Write(s.Writer, facts, l)
}
