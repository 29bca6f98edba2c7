package frame

import (
	"encoding/base64"
	"html"
	"net/http"
	"strings"
)

// Policy lets a page use our own scripts, styles, pictures and frames, send its forms
// to us, and nothing else.
const Policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

func headers(h http.Header) {
	h.Set("Content-Security-Policy", Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Cache-Control", "no-store")
	h.Set("Vary", "HX-Request")
}

// saidCookie carries what was done over to the page that follows a form.
const (
	saidCookie  = "postbag_said"
	saidSeconds = 60
	mostSaid    = 1000 // bytes
)

func (f *Frame) keepSaid(w http.ResponseWriter, said string) {
	if said == "" {
		return
	}
	f.setCookie(w, base64.RawURLEncoding.EncodeToString([]byte(Cut(said, mostSaid))), saidSeconds)
}

// takeSaid gives what was done on the page before, once.
func (f *Frame) takeSaid(w http.ResponseWriter, r *http.Request) string {
	c, err := r.Cookie(saidCookie)
	if err != nil {
		return ""
	}
	f.setCookie(w, "", -1)
	said, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil || len(said) > mostSaid {
		return ""
	}
	return string(said)
}

func (f *Frame) setCookie(w http.ResponseWriter, value string, seconds int) {
	http.SetCookie(w, &http.Cookie{
		Name: saidCookie, Value: value, MaxAge: seconds, Path: f.o.Site.Path("/"), HttpOnly: true,
		Secure: strings.HasPrefix(f.o.Site.Base, "https://"), SameSite: http.SameSiteLaxMode,
	})
}

// Cut shortens a text to a number of bytes, at a character's edge.
func Cut(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}

func attribute(value string) string { return html.EscapeString(value) }
