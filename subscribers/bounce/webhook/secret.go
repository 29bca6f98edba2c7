package webhook

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"net/http"
	"strings"
)

// LeastSecret is how long a secret that a provider sends has to be, in bytes.
const LeastSecret = 16

// secret is what a provider sends that signs nothing.
type secret string

// verify looks for the secret: as a Bearer token, or as the password of Basic
// authentication with any name.
func (s secret) verify(_ context.Context, h http.Header, body []byte) ([]byte, error) {
	r := http.Request{Header: h}
	_, sent, ok := r.BasicAuth()
	if !ok {
		scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
		if ok = strings.EqualFold(scheme, "Bearer"); ok {
			sent = strings.TrimSpace(token)
		}
	}
	// Hashes, so that nothing is told of the length either.
	is, want := sha256.Sum256([]byte(sent)), sha256.Sum256([]byte(s))
	if subtle.ConstantTimeCompare(is[:], want[:]) != 1 || !ok || s == "" {
		return nil, errForged
	}
	return body, nil
}
