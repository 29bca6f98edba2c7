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
