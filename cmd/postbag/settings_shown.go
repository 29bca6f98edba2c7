package main

import (
	"cmp"
	"fmt"
	"strings"
)

// shownSetting is a setting as a person is shown it: without a secret.
type shownSetting struct{ name, value, from string }

// shown lists the settings that the program runs with, and where each is set.
func (s *Settings) shown() (all []shownSetting) {
	base, err := s.web()
	if err != nil {
		base = s.BaseURL
	}
	smtp := s.SMTP
	if transport, err := s.transport(); err == nil {
		smtp = fmt.Sprint(transport) // which tells no password
	}
	for _, one := range []struct {
		name  string
		value any
	}{
		{"base-url", base}, {"listen", s.Listen}, {"metrics-listen", s.MetricsListen}, {"trusted-proxy", strings.Join(s.TrustedProxy, ", ")},
		{"smtp", smtp}, {"from", s.From}, {"reply-to", s.ReplyTo},
		{"bounce-domain", s.BounceDomain}, {"bounce-maildir", s.BounceMaildir}, {"bounce-imap", s.BounceIMAP}, {"bounce-hard", s.BounceHard},
		{"ses-topic", s.SESTopic}, {"postmark-secret-file", s.PostmarkSecretFile}, {"mailgun-key-file", s.MailgunKeyFile}, {"sendgrid-key", s.SendGridKey}, {"brevo-secret-file", s.BrevoSecretFile},
		{"dkim-key-file", strings.Join(s.DKIMKeyFile, ", ")}, {"dkim-selector", s.DKIMSelector}, {"dkim-domain", s.DKIMDomain},
		{"concurrency", s.Concurrency}, {"rate", s.Rate}, {"ambiguous", s.Ambiguous},
		{"lease", s.Lease}, {"late-after", s.LateAfter}, {"backup-dir", s.BackupDir}, {"backup-at", s.BackupAt}, {"backup-keep", s.BackupKeep},
		{"fetch-allow", strings.Join(s.FetchAllow, ", ")}, {"log-level", s.LogLevel},
	} {
		from := "--" + one.name + ", or its default"
		if s.source != nil && s.source.at[one.name] != "" {
			from = s.source.at[one.name]
		}
		all = append(all, shownSetting{one.name, cmp.Or(fmt.Sprint(one.value), "not set"), from})
	}
	return all
}
