package site_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"postbag/digest/site"
)

const token = "ab3dtestlinkof22letters7z7"

// TestFind has what mail programs, filters and hands make of links.
func TestFind(t *testing.T) {
	whole := site.Unsubscribe.With(token)
	for written, want := range map[string]string{
		whole:                                    whole,
		"/unsubscribe/" + strings.ToUpper(token): whole,
		"/Unsubscribe/" + token:                  whole,
		"/UNSUBSCRIBE/" + strings.ToUpper(token): whole,
		"//unsubscribe//" + token:                whole,
		"/unsubscribe%2F" + token:                whole,
		"/unsub=%0D%0Ascribe/" + token:           whole,

		// marks and brackets of the text around it
		whole + ".": whole, whole + ",": whole, whole + ";": whole, whole + ":": whole, whole + "!": whole, whole + "/": whole,
		whole + ">": whole, whole + ")": whole, whole + "].": whole, whole + "'": whole, whole + `"`: whole, whole + "*": whole, whole + "_": whole,
		whole + "»": whole, whole + "”": whole, whole + "%C2%A0": whole, whole + "%E2%80%8B": whole,
		whole + "%3E": whole, whole + "%253E": whole, whole + "&gt;": whole, whole + "%3Cbr%3E": whole, whole + "&quot;": whole,
		whole + "%20": whole, whole + "%0D%0A": whole, whole + "%0A%0AChange": whole, whole + "%E2%80%A6": whole,
		whole + "&utm_source=mail": whole, whole + "%3Futm_source=mail": whole, whole + "%23top": whole, whole + "/more": whole,
		"/unsubscribe/%3C" + token + "%3E": whole, "/unsubscribe/%20" + token: whole, "/unsubscribe/=3D" + token: whole, "/unsubscribe/%22" + token: whole,

		// lines broken in it
		"/unsubscribe/" + token[:5] + "=" + token[5:]:             whole,
		"/unsubscribe/" + token[:2] + "=" + token[2:]:             whole, // "=3d" is no escape here
		"/unsubscribe/" + token[:5] + "=3D" + token[5:]:           whole,
		"/unsubscribe/" + token[:5] + "=%0D%0A" + token[5:]:       whole,
		"/unsubscribe/" + token[:5] + "=%20%0A" + token[5:]:       whole,
		"/unsubscribe/" + token[:5] + "=0D=0A" + token[5:]:        whole,
		"/unsubscribe/" + token[:5] + "%3D%0A" + token[5:]:        whole,
		"/unsubscribe/" + token[:5] + "%0D%0A%20" + token[5:]:     whole,
		"/unsubscribe/" + token[:5] + "%20" + token[5:] + ".":     whole,
		"/unsubscribe/" + token[:5] + "-" + token[5:]:             whole,
		"/unsubscribe/" + token[:5] + "&shy;" + token[5:]:         whole,
		"/unsubscribe/=61" + token[1:]:                            whole,
		"/unsubscribe/" + token[:5] + "%E2%80%8B" + token[5:]:     whole,
		"/unsubscribe/" + token[:12] + "=\n" + token[12:] + "=\n": whole,

		"/unsubscribe/" + token[:5] + "+" + token[5:] + "+": whole, "/unsubscribe/https://post.example/unsubscribe/" + token: whole, "/unsubscribe/x/" + token: whole,

		"/confirm/" + token + ").": site.Confirm.With(token), "/preferences/" + token + "%3E": site.Preferences.With(token),
		whole + "/undo": site.Undo.With(token), whole + "/UNDO.": site.Undo.With(token),
		whole + "./undo": site.Undo.With(token), whole + "%3E/undo": site.Undo.With(token), whole + "&gt;/undo.": site.Undo.With(token), whole + "//undo": site.Undo.With(token),
		whole + "/un-do": site.Undo.With(token), whole + "/./undo/": site.Undo.With(token), whole + "%20%2F%20undo": site.Undo.With(token), whole + "/more/undo": site.Undo.With(token),
		"/unsubscribe/undo/" + token: site.Undo.With(token), "/unsubscribe/https://undo.example/unsubscribe/" + token: whole,

		// what has lost its token still leads to its page
		"/unsubscribe/": "/unsubscribe/", "/unsubscribe/" + token[:25]: "/unsubscribe/", "/confirm/.": "/confirm/", "/preferences/a/b": "/preferences/",
		"/unsubscribe/" + token[:9] + "?" + token[9:]: "/unsubscribe/", // the rest is no part of the path

		// pages for everybody
		"/issues/8": "/issues/8", "/issues/8.": "/issues/8", "/issues/8/": "/issues/8", "/issues/8%3E": "/issues/8", "/Issues/8)": "/issues/8", "/issues/8&gt;": "/issues/8",
		"/issues": "/issues/", "/issues.": "/issues/", "/issues/>": "/issues/", "/feed.atom>": "/feed.atom", "/FEED.ATOM": "/feed.atom", "/feed.atom/": "/feed.atom",
		"/subscribe.": "/subscribe", "/unsubscribe": "/unsubscribe", "/unsubscribe.": "/unsubscribe", "/": "/", "/>": "/", "/).": "/",

		"": "", "/issues/0": "", "/issues/08": "", "/issues/8/9": "", "/issues/8x": "", "/nothing": "", "/a/../": "", "/./": "", "//evil.example/": "",
		"/\\evil.example/": "", "/%00": "", "/unsubscribe\x00/" + token: "", "/unsubscribe/" + strings.Repeat("=", 2000) + token: "",
		"/.git/config": "", "/unsubscribed/" + token: "",
	} {
		u := &url.URL{Path: written}
		if parsed, err := url.Parse(written); err == nil && parsed.Host == "" {
			u = parsed
		}
		page, value, ok := site.Find(u.Path)
		got := ""
		if ok {
			got = strings.TrimSuffix(page.With(value), "/undo")
			if page == site.Undo {
				got = page.With(value)
			}
		}
		if got != want {
			t.Errorf("%q: got %q, want %q", written, got, want)
		}
	}
}

// FuzzFind holds that whatever a path is, what it is taken for is an address of ours,
// which is taken for itself.
func FuzzFind(f *testing.F) {
	for _, path := range []string{"", "/", "/unsubscribe/" + token, "/unsubscribe/=3D" + token + "/undo.", "/confirm/%253C" + token, "/issues/8&gt;", "/preferences/=\xff%", "/%2525255"} {
		f.Add(path)
	}
	f.Fuzz(func(t *testing.T, path string) {
		began := time.Now()
		page, value, ok := site.Find(path)
		if took := time.Since(began); took > time.Second {
			t.Errorf("%.100q took %v", path, took)
		}
		if !ok {
			return
		}
		address := page.With(value)
		again, same, ok := site.Find(address)
		if !ok || again != page || same != value {
			t.Errorf("%q leads to %q, and that to %q", path, address, again.With(same))
		}
		if strings.ContainsFunc(address, func(r rune) bool { return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyz0123456789/.", r) }) {
			t.Errorf("%q leads to %q", path, address)
		}
	})
}
