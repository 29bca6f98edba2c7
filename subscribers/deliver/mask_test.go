package deliver_test

import (
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/letters"
	"postbag/subscribers/mail/smtptest"
)

// logbook is a log to read afterwards.
type logbook struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *logbook) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// TestLogsDoNotTellWhoReads lets a server quote the address in all the ways that
// servers do.
func TestLogsDoNotTellWhoReads(t *testing.T) {
	const email = "Rosa.Luxemburg+news@example.org"
	tests := []struct{ name, verb, reply string }{
		{"unknown, quoted as it is", "RCPT", "550 5.1.1 <%>: Recipient address rejected: User unknown"},
		{"greylisted, in small letters", "RCPT", "450 4.2.0 <rosa.luxemburg+news@EXAMPLE.ORG>: Greylisted"},
		{"mailbox alone", "RCPT", "550 5.1.1 user ROSA.LUXEMBURG is not known (rosaluxemburg)"},
		{"in a link", "RCPT", "550 5.1.1 see https://mail.example.org/?a=Rosa.Luxemburg%2Bnews%40example.org"},
		{"in a return path", "BODY", "550 5.6.0 bounce+rosa.luxemburg+news=example.org@list.example"},
		{"relaying", "RCPT", "554 5.7.1 <%>: Relay access denied"},
		{"policy", "BODY", "550 5.7.26 mail to <%> is unauthenticated"},
		{"short of space", "MAIL", "452 4.3.1 not for % either"},
		{"421 for all", "MAIL", "421 4.7.0 go away, %"},
		{"421 at RCPT", "RCPT", "421 4.7.0 too many for %"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			words := strings.ReplaceAll(tt.reply, "%>", email+">")
			words = strings.ReplaceAll(words, " % ", " "+email+" ")
			words = strings.TrimSuffix(words, " %")
			var log logbook
			script := func(st smtptest.Step) smtptest.Act {
				if st.Verb == tt.verb {
					return smtptest.Act{Reply: words}
				}
				return smtptest.Act{}
			}
			b := newBench(t, 8, script, func(o *deliver.Options) { o.Log = log.logger() })
			for i := range b.ledger.readers {
				b.ledger.readers[i].Email = email
			}
			s, err := b.sender.Run(t.Context(), b.job)
			silent(t, "the log", log.String())
			silent(t, "the reason of the pause", s.Paused.Detail+b.ledger.reason)
			if err != nil {
				silent(t, "the error", err.Error()+digest.HintOf(err))
			}
			told := false
			for n := 1; n <= 8; n++ {
				told = told || strings.HasPrefix(words[4:], b.ledger.row(n).Reply) && b.ledger.row(n).Reply != ""
			}
			if !told {
				t.Errorf("no row keeps the server's words: %+v", b.ledger.row(1))
			}

			log = logbook{}
			clock := newClock()
			q := newLetters(t, clock, 1)
			q.all[1].Email = email
			r := letterSender(t, q, clock, b.server, func(o *deliver.LetterOptions) { o.Log = log.logger() })
			if _, err := r.Send(t.Context(), nil); err != nil {
				silent(t, "the error", err.Error())
			}
			silent(t, "the log of letters", log.String())
			if !strings.Contains(log.String(), subscribers.Mask(email)) {
				t.Errorf("the log does not hint at whom: %s", log.String())
			}
		})
	}
}

// TestLogsOfLettersDoNotTellWhoReads tries letters until each is sent, refused or
// given up, and looks at every line of the log.
func TestLogsOfLettersDoNotTellWhoReads(t *testing.T) {
	const email = "rosa.luxemburg+blog@example.org"
	refuse := func(verb, reply string) func(smtptest.Step) smtptest.Act {
		return func(st smtptest.Step) smtptest.Act {
			if st.Verb == verb {
				return smtptest.Act{Reply: reply + " <" + email + "> and Rosa.Luxemburg"}
			}
			return smtptest.Act{}
		}
	}
	for name, tt := range map[string]struct {
		script func(smtptest.Step) smtptest.Act
		write  error
		logged string
	}{
		"refused for good":  {refuse("RCPT", "550 5.1.1"), nil, "not taken"},
		"refused for now":   {refuse("RCPT", "450 4.2.0"), nil, "given up"},
		"message for now":   {refuse("BODY", "451 4.3.0"), nil, "given up"},
		"sender refused":    {refuse("MAIL", "550 5.7.1"), nil, "given up"},
		"cannot be written": {nil, digest.Fail(digest.Invalid, "", "%s cannot be written to", email), "cannot be written"},
		"out of reach":      {nil, errors.New("no row for " + email), "cannot be written"},
	} {
		t.Run(name, func(t *testing.T) {
			var log logbook
			clock := newClock()
			q := newLetters(t, clock, 1)
			q.all[1].Email = email
			s := letterSender(t, q, clock, smtptest.Start(t, tt.script), func(o *deliver.LetterOptions) {
				o.Log = log.logger()
				if tt.write != nil {
					o.Write = func(letters.Kind, subscribers.Letter) ([]byte, error) { return nil, tt.write }
				}
			})
			for tries := 0; len(q.all) > 0 && tries < 60; tries++ {
				if _, err := s.Send(t.Context(), nil); err != nil {
					silent(t, "the error", err.Error())
				}
				if q.all[1] != nil {
					clock.Advance(q.wait(clock, 1))
				}
			}
			silent(t, "the log", log.String())
			if !strings.Contains(log.String(), tt.logged) {
				t.Errorf("the log does not tell %q: %s", tt.logged, log.String())
			}
		})
	}
}

// silent fails if a text tells an address of TestLogsDoNotTellWhoReads.
func silent(t *testing.T, what, text string) {
	t.Helper()
	low := strings.ToLower(text)
	if strings.Contains(low, "luxemburg") || strings.Contains(low, "rosa") {
		t.Errorf("%s tells the address: %s", what, text)
	}
}

// TestMaskedWordsStayReadable keeps what is no address as it is.
func TestMaskedWordsStayReadable(t *testing.T) {
	tests := []struct{ email, reply, want string }{
		{"anna@example.org", "5.1.1 <anna@example.org>: annals of hannah, Anna!", "5.1.1 <an…@example.org>: annals of hannah, an…!"},
		{"us@example.org", "5.1.1 user unknown to US", "5.1.1 user unknown to u…"},
		{"u@example.org", "5.1.1 u@example.org: u are unknown", "5.1.1 u…@example.org: u are unknown"},
		{"5@example.org", "5.1.1 5 is unknown", "5.1.1 5 is unknown"},
	}
	for _, tt := range tests {
		var log logbook
		b := newBench(t, 1, func(st smtptest.Step) smtptest.Act {
			if st.Verb == "RCPT" {
				return smtptest.Act{Reply: "550 " + tt.reply}
			}
			return smtptest.Act{}
		}, func(o *deliver.Options) { o.Log = log.logger() })
		b.ledger.readers[0].Email = tt.email
		b.run()
		if !strings.Contains(log.String(), `reply="`+tt.want+`"`) {
			t.Errorf("%s: %s", tt.email, log.String())
		}
		if got := b.ledger.row(1).Reply; got != tt.reply {
			t.Errorf("the row keeps %q", got)
		}
	}
}
