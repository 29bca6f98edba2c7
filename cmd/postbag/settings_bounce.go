package main

import (
	"strings"

	"postbag/digest"
	"postbag/subscribers/address"
	"postbag/subscribers/inbox"
)

// bounceDomain reads the domain where bounces are received, "" where none is set.
func (s *Settings) bounceDomain() (string, error) {
	if s.BounceDomain == "" {
		return "", nil
	}
	a, err := address.Parse("bounce@" + s.BounceDomain)
	if err != nil || !strings.Contains(a.Domain, ".") {
		return "", s.wrong("bounce-domain", "For example bounces.example.org.", "%q is not a domain", s.BounceDomain)
	}
	return a.Domain, nil
}

// bounceIMAP reads where the mailbox of bounces is, without its password.
func (s *Settings) bounceIMAP() (box inbox.IMAP, err error) {
	if s.BounceIMAP == "" {
		return box, nil
	}
	box, err = inbox.ParseIMAP(s.BounceIMAP)
	return box, s.in("bounce-imap", err)
}

// bounceBoxes gives the mailboxes of bounces, nil for those that are not set.
func (s *Settings) bounceBoxes() (dir *inbox.Maildir, server *inbox.IMAP, err error) {
	if s.BounceMaildir != "" {
		dir = &inbox.Maildir{Dir: s.BounceMaildir}
		if err := dir.Check(); err != nil {
			return nil, nil, s.in("bounce-maildir", err)
		}
	}
	if s.BounceIMAP == "" {
		return dir, nil, nil
	}
	box, err := s.bounceIMAP()
	if err != nil {
		return nil, nil, err
	}
	const setting = "bounce-imap-password-file"
	if s.BounceIMAPPasswordFile == "" {
		return nil, nil, digest.Fail(digest.Invalid, "Put it into a file that only you can read, and name that file: --"+setting, "the mailbox of bounces needs a password")
	}
	text, err := s.secretFile(setting, s.BounceIMAPPasswordFile, "the password of the mailbox of bounces", mostPasswordFile)
	box.Password = strings.TrimRight(string(text), "\r\n")
	return dir, &box, err
}
