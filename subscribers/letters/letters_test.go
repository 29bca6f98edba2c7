package letters_test

import (
	"bytes"
	"net/mail"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/site"
	"postbag/subscribers"
	"postbag/subscribers/letters"
	"postbag/templates"
)

var now = time.Date(2026, 3, 8, 18, 0, 0, 0, time.UTC)

func writer(t *testing.T) letters.Writer {
	t.Helper()
	set, err := templates.New()
	if err != nil {
		t.Fatal(err)
	}
	return letters.Writer{
		Set: set, Site: site.Site{Base: "https://news.example"}, From: "post@mail.example", Domain: "mail.example",
		Requests: "ed+it@mail.example",
	}
}

func frozen() *digest.Frozen {
	return &digest.Frozen{
		Publication: "The Night Bus", SeriesSlug: "pick", SeriesName: "Pick of the Week", Language: "en", Zone: "UTC",
		Number: 8, Title: "Pick of the Week 8", Date: now,
		Blocks: []digest.FrozenBlock{{Kind: digest.PickBlock, Pick: &digest.Quotation{Number: 1, Author: "Anna", Published: now, PostTitle: "A post", Words: digest.Plain("It was late.")}}},
	}
}

func headerOf(t *testing.T, raw []byte, err error) mail.Header {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header
}

// TestNoTwoLettersShareAMessageID writes an issue, its test and a confirmation whose
// numbers are the same: a mail program that has seen one shows the others too.
func TestNoTwoLettersShareAMessageID(t *testing.T) {
	w, salt := writer(t), []byte("salt")
	ids := map[string]string{}
	add := func(what string, raw []byte, err error) {
		t.Helper()
		id := headerOf(t, raw, err).Get("Message-Id")
		if other := ids[id]; other != "" || id == "" {
			t.Errorf("%s and %s share %q", what, other, id)
		}
		ids[id] = what
	}
	for _, issueID := range []int64{1, 2} {
		m, err := w.Issue(frozen(), subscribers.Mailing{IssueID: issueID, Begun: now, Domain: w.Domain}, salt, false)
		if err != nil {
			t.Fatal(err)
		}
		for _, reader := range []int64{1, 2} {
			raw, err := m.For(subscribers.Delivery{SubscriberID: reader, Email: "anna@reader.example", Token: subscribers.NewToken()})
			add("a delivery", raw, err)
			again, err := m.For(subscribers.Delivery{SubscriberID: reader, Email: "anna@reader.example", Token: subscribers.NewToken()})
			if err != nil || headerOf(t, again, err).Get("Message-Id") != headerOf(t, raw, err).Get("Message-Id") {
				t.Errorf("a second try has another Message-ID, %v", err)
			}
		}
	}
	for _, kind := range letters.Kinds() {
		for _, id := range []int64{1, 2} {
			raw, err := kind.Write(w, letters.Facts{Publication: digest.Publication{Name: "The Night Bus", Language: "en", Salt: salt}, Series: "Pick of the Week"},
				subscribers.Letter{ID: id, Kind: kind.Name, Email: "anna@reader.example", Token: subscribers.NewToken(), CreatedAt: now})
			add(string(kind.Name), raw, err)
		}
	}
}

// TestIssueNamesTheListAndTheWayOut reads what a mail program makes its buttons of
// (RFC 2369, 2919, 8058).
func TestIssueNamesTheListAndTheWayOut(t *testing.T) {
	w := writer(t)
	m, err := w.Issue(frozen(), subscribers.Mailing{IssueID: 1, Begun: now, Domain: w.Domain}, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	token := subscribers.NewToken()
	raw, err := m.For(subscribers.Delivery{SubscriberID: 1, Email: "anna@reader.example", Token: token})
	h := headerOf(t, raw, err)
	for name, want := range map[string]string{
		"List-Id": "<pick.news.example>", "List-Unsubscribe": "https://news.example/unsubscribe/" + token,
		"List-Unsubscribe-Post": "List-Unsubscribe=One-Click", "List-Archive": "https://news.example/issues/",
	} {
		if !strings.Contains(h.Get(name), want) {
			t.Errorf("%s is %q, want %s in it", name, h.Get(name), want)
		}
	}
	if text := m.Text(token); strings.Contains(text, templates.TokenMark) || !strings.Contains(text, token) {
		t.Errorf("the text has not the reader's own links:\n%s", text)
	}
}

// TestTakeDown leads a writer to the editor by mail, if there is an address.
func TestTakeDown(t *testing.T) {
	w := writer(t)
	if got, want := w.TakeDown(frozen()), "mailto:ed+it@mail.example?subject=Please%20take%20a%20comment%20down%3A%20Pick%20of%20the%20Week%208"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	w.Requests = ""
	if got := w.TakeDown(frozen()); got != "" {
		t.Errorf("without an address: %s", got)
	}
}

// TestConfirmationPromisesWholeDays: the moments of a confirmation and of its letter are
// taken one after the other.
func TestConfirmationPromisesWholeDays(t *testing.T) {
	w := writer(t)
	for _, kind := range letters.Kinds() {
		if kind.Name != subscribers.ConfirmationLetter {
			continue
		}
		for _, later := range []time.Duration{0, time.Microsecond, 1500 * time.Millisecond, time.Minute, -time.Second} {
			raw, err := kind.Write(w, letters.Facts{Publication: digest.Publication{Name: "The Night Bus", Language: "en", Salt: []byte("salt")}, Series: "Pick of the Week"},
				subscribers.Letter{ID: 1, Kind: kind.Name, Email: "anna@reader.example", Token: subscribers.NewToken(), CreatedAt: now.Add(later), Expires: now.Add(subscribers.ConfirmationLife)})
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Contains(raw, []byte("The link works for 7 days.")) {
				t.Errorf("queued %v later, the mail promises something else:\n%s", later, raw)
			}
		}
	}
}
