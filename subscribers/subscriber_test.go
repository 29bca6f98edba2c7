package subscribers_test

import (
	"strings"
	"testing"

	"postbag/subscribers"
)

func TestSubscriberStates(t *testing.T) {
	states := []subscribers.State{
		subscribers.Pending, subscribers.Active, subscribers.Unsubscribed, subscribers.Bounced, subscribers.Complained,
	}
	allowed := map[subscribers.State]string{
		subscribers.Pending:      "active unsubscribed bounced complained",
		subscribers.Active:       "unsubscribed bounced complained",
		subscribers.Unsubscribed: "pending active",
		subscribers.Bounced:      "pending active complained",
		subscribers.Complained:   "pending active",
	}
	for _, from := range states {
		for _, to := range states {
			want := strings.Contains(" "+allowed[from]+" ", " "+string(to)+" ")
			if got := from.To(to); got != want {
				t.Errorf("%s to %s: %v, want %v", from, to, got, want)
			}
		}
	}
}

func TestOnlyTheActiveAreMailed(t *testing.T) {
	if got := subscribers.MailableStates(); len(got) != 1 || got[0] != subscribers.Active {
		t.Errorf("an issue is mailed to those who are %v", got)
	}
}

func TestTokens(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		token := subscribers.NewToken()
		key, ok := subscribers.TokenKey(token)
		if !ok || len(token) != subscribers.TokenLength || seen[token] || seen[key] {
			t.Fatalf("token %q, key %q", token, key)
		}
		if upper, ok := subscribers.TokenKey(strings.ToUpper(token)); !ok || upper != key {
			t.Errorf("a mail program that changes letter case breaks the link of %q", token)
		}
		if strings.Contains(key, token) {
			t.Error("the key tells the token")
		}
		seen[token], seen[key] = true, true
	}
}

func TestWhatCannotBeAToken(t *testing.T) {
	good := subscribers.NewToken()
	for _, bad := range []string{"", good[1:], good + "a", strings.Repeat("1", 26), "../" + good[3:], good[:25] + "\x00", good[:25] + "="} {
		if key, ok := subscribers.TokenKey(bad); ok || key != "" {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestMask(t *testing.T) {
	tests := []struct{ in, want string }{
		{"joanna@example.org", "jo…@example.org"},
		{"anna@example.org", "an…@example.org"},
		{"jo@example.org", "j…@example.org"},
		{"j@example.org", "j…@example.org"},
		{"øystein@example.org", "øy…@example.org"},
		{"nonsense", "…"},
		{"", "…"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			if got := subscribers.Mask(tt.in); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFindToken(t *testing.T) {
	token := subscribers.NewToken()
	for _, c := range []struct{ text, rest string }{
		{token, ""}, {"<" + token + ">", ">"}, {"/. " + token + ".", "."}, {token[:4] + "-" + token[4:] + "/undo", "/undo"}, {token + "abc", "abc"}, {"é" + token + "é", "é"},
	} {
		if got, rest, ok := subscribers.FindToken(c.text); !ok || got != token || rest != c.rest {
			t.Errorf("%q: %q and %q, %v", c.text, got, rest, ok)
		}
	}
	for _, bad := range []string{"", "-", token[1:], token[:5] + "." + token[5:], token[:5] + " " + token[5:], strings.ToUpper(token)[:25] + "1", strings.Repeat("1", 40)} {
		if got, _, ok := subscribers.FindToken(bad); ok {
			t.Errorf("%q: %q was found", bad, got)
		}
	}
	if _, ok := subscribers.TokenKey(subscribers.TestToken); !ok {
		t.Error("the token of tests is none")
	}
}
