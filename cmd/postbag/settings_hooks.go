package main

import (
	"crypto/ecdsa"
	"os"
	"strings"

	"postbag/digest"
	"postbag/subscribers/bounce/webhook"
)

// The settings of the secrets of webhooks, and the variables that hold such a secret
// itself.
const (
	postmarkSetting, postmarkVariable = "postmark-secret-file", "POSTBAG_POSTMARK_SECRET"
	mailgunSetting, mailgunVariable   = "mailgun-key-file", "POSTBAG_MAILGUN_KEY"
	brevoSetting, brevoVariable       = "brevo-secret-file", "POSTBAG_BREVO_SECRET"
)

// hookTopic checks the topic of Amazon SES.
func (s *Settings) hookTopic() error {
	if s.SESTopic == "" {
		return nil
	}
	return s.in("ses-topic", webhook.CheckTopic(s.SESTopic))
}

// hookSendGrid reads the key of SendGrid; nil where none is set.
func (s *Settings) hookSendGrid() (*ecdsa.PublicKey, error) {
	if s.SendGridKey == "" {
		return nil, nil
	}
	key, err := webhook.ParseSendGridKey(s.SendGridKey)
	return key, s.in("sendgrid-key", err)
}

// hookKeys reads what the requests of providers are checked by.
func (s *Settings) hookKeys() (k webhook.Keys, err error) {
	var wrong problems
	wrong.add(s.hookTopic())
	k.SESTopic = s.SESTopic
	k.SendGridKey, err = s.hookSendGrid()
	wrong.add(err)
	k.PostmarkSecret, err = s.hookSecret(postmarkSetting, postmarkVariable, s.PostmarkSecretFile, "the secret of Postmark's webhook", webhook.LeastSecret)
	wrong.add(err)
	k.MailgunKey, err = s.hookSecret(mailgunSetting, mailgunVariable, s.MailgunKeyFile, "Mailgun's webhook signing key", 1)
	wrong.add(err)
	k.BrevoSecret, err = s.hookSecret(brevoSetting, brevoVariable, s.BrevoSecretFile, "the secret of Brevo's webhook", webhook.LeastSecret)
	wrong.add(err)
	return k, wrong.err()
}

// hookSecret reads a secret from a variable or a file, "" where none is set.
func (s *Settings) hookSecret(setting, variable, path, what string, least int) (string, error) {
	secret := os.Getenv(variable)
	switch {
	case secret == "" && path == "":
		return "", nil
	case secret != "" && path != "":
		return "", digest.Fail(digest.Invalid, "Take one of them away.", "%s and %s are both set", variable, s.name(setting))
	case path != "":
		text, err := s.secretFile(setting, path, what, mostPasswordFile)
		if err != nil {
			return "", err
		}
		if secret = strings.TrimSpace(string(text)); secret == "" {
			return "", s.wrong(setting, "Put the secret into it, on one line.", "%s is empty", path)
		}
	}
	if len(secret) < least {
		at := variable
		if path != "" {
			at = s.name(setting)
		}
		return "", digest.Fail(digest.Invalid, "For example what openssl rand -hex 24 prints.", "%s: %s must have %d characters or more", at, what, least)
	}
	return secret, nil
}
