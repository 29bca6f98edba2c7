package main

import (
	"cmp"
	"strings"

	"postbag/digest"
	"postbag/subscribers/address"
	"postbag/subscribers/dkim"
)

// dkimKeySetting names the setting of the keys.
const dkimKeySetting = "dkim-key-file"

// mostKeyFile bounds a file with a key, in bytes.
const mostKeyFile = 64 << 10

// dkimKeys reads the keys that mails are signed with, none where none is set.
func (s *Settings) dkimKeys() (keys []dkim.Key, err error) {
	for _, item := range s.DKIMKeyFile {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		selector, path, ok := strings.Cut(item, "=")
		if !ok || strings.Contains(selector, "/") { // of a path
			selector, path = s.DKIMSelector, item
		}
		text, err := s.secretFile(dkimKeySetting, path, "the DKIM key", mostKeyFile)
		if err != nil {
			return nil, err
		}
		key, err := dkim.ParseKey(strings.ToLower(selector), text)
		if err != nil {
			return nil, s.in(dkimKeySetting, digest.Fail(digest.KindOf(err), digest.HintOf(err), "%s: %w", path, err))
		}
		keys = append(keys, key)
	}
	return keys, nil
}

// dkimDomain is the domain that mails are signed for: the one of the setting, else that
// of the From address; "" where neither is set.
func (s *Settings) dkimDomain(from address.Address) string {
	return cmp.Or(strings.TrimSuffix(strings.ToLower(s.DKIMDomain), "."), from.Domain)
}

// dkimSigner makes what signs mails from an address; nil without keys.
func (s *Settings) dkimSigner(from address.Address) (*dkim.Signer, error) {
	keys, err := s.dkimKeys()
	if err != nil || len(keys) == 0 {
		return nil, err
	}
	if s.From == "" {
		return nil, digest.Fail(digest.Invalid, "Set --from to an address of yours.", "mail that is signed needs a From address")
	}
	domain := s.dkimDomain(from)
	if err := dkim.CheckDomain(domain, from.Domain); err != nil {
		return nil, s.in("dkim-domain", err)
	}
	signer, err := dkim.NewSigner(domain, from.Domain, keys...)
	return signer, s.in(dkimKeySetting, err)
}
