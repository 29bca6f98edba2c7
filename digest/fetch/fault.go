package fetch

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"

	"postbag/digest"
	"postbag/digest/pull"
	"postbag/digest/pull/identity"
)

// fault words a failed request for a person. It names the host that was asked for,
// and no address or banner of an inner host. An unknown name, a name of the
// operator's own network and an inner address where nothing answers get the same
// words.
func fault(ctx context.Context, u *url.URL, err error) error {
	host := u.Hostname()
	if ctx.Err() != nil {
		return fmt.Errorf("fetch from %s: %w", host, ctx.Err())
	}
	kind, message, hint := digest.Unavailable, "", "Try again later; the address may be misspelt or the host down."
	body, aboutBody := errors.AsType[errBody](err)
	switch {
	case errors.Is(err, errPrivate):
		kind, message = digest.Forbidden, host+" is not a public address that answers"
		hint = "Check the spelling. A blog on your own network has to be let through."
	case errors.Is(err, errPort):
		kind, message = digest.Forbidden, host+" is asked for at a port other than 80 and 443"
		hint = "If that is right, it has to be let through."
	case aboutBody:
		kind, message = digest.Invalid, "the answer of "+host+" "+body.Error()
		hint = "Check that the address is that of a blog or its feed."
	case isNotFound(err):
		message, hint = "no host is called "+host, "Check the spelling of the address."
	case isCertificate(err):
		message, hint = "the certificate of "+host+" is not valid", "The owner of the blog has to mend it."
	case isTimeout(err):
		message = host + " does not answer in time"
	case errors.Is(err, syscall.ECONNREFUSED):
		message = host + " refuses the connection"
	case isLongHeader(err):
		kind, message = digest.Invalid, "the answer of "+host+" has too long a header"
	default:
		message = host + " cannot be reached, or its answer broke off"
	}
	fault := digest.Fail(kind, hint, "%s", message)
	if kind == digest.Forbidden {
		port := cmp.Or(u.Port(), map[string]string{"http": "80"}[u.Scheme], "443")
		fault = fault.Offer(digest.Act{Do: digest.AllowHost, Name: net.JoinHostPort(host, port)})
	}
	return fault
}

func isBody(err error) bool {
	_, ok := errors.AsType[errBody](err)
	return ok
}

func isNotFound(err error) bool {
	dns, ok := errors.AsType[*net.DNSError](err)
	return ok && dns.IsNotFound
}

func isCertificate(err error) bool {
	_, ok := errors.AsType[*tls.CertificateVerificationError](err)
	return ok
}

// isLongHeader goes by the words of net/http, which has no name for it.
func isLongHeader(err error) bool {
	return strings.Contains(err.Error(), "response headers exceeded") || strings.Contains(err.Error(), "header list larger")
}

func isTimeout(err error) bool {
	ne, ok := errors.AsType[net.Error](err)
	// Canceled while the caller goes on: the wait for the header was over.
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) || ok && ne.Timeout()
}

// refusal words a status that is no answer. The host is left alone for so long, because
// it asked for that or was too busy.
func refusal(u *url.URL, status int, retry time.Duration, asked bool) error {
	kind, hint := digest.Unavailable, "Try again later."
	switch status {
	case http.StatusNotFound, http.StatusGone:
		kind, hint = digest.NotFound, "Check the address in a browser."
	case http.StatusUnauthorized, http.StatusForbidden:
		hint = "The blog may be private, or turn programs away; ask its owner."
	}
	switch {
	case retry > 0 && asked:
		hint = "It asks to be left alone, and is for " + spoken(retry) + "."
	case retry > 0:
		hint = "It is left alone for " + spoken(retry) + "."
	}
	return digest.Fail(kind, hint, "%w", &pull.StatusError{Host: u.Hostname(), At: identity.Server(u.String()), Status: status, RetryAfter: retry})
}

// spoken writes a wait without zeros: "2h", "1h30m", "45s".
func spoken(wait time.Duration) string {
	s := wait.Round(time.Second).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if rest, ok := strings.CutSuffix(s, zero); ok {
			s = rest + zero[:1]
		}
	}
	return s
}
