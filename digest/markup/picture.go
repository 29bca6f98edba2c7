package markup

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"postbag/digest"
)

const (
	// maxSpeck is up to how many pixels a picture is only there to be fetched, and
	// maxIcon up to how many it is an ornament when nobody describes it.
	maxSpeck = 3
	maxIcon  = 24
	// maxSign bounds the text of a picture that stands for a sign, in bytes.
	maxSign = 32
)

// picture takes a picture. Pictures themselves are never kept: who fetches one is
// seen. That of a character, as blogs draw emoji and smileys, becomes the character.
func (p *parser) picture(a attributes) {
	words := firstOf(drawnSign(a.goomoji), a.alt, a.title)
	switch {
	case isFormula(a):
		p.mark(digest.Formula, firstOf(bareTeX(words), drawnTeX(a.src)), "")
	case len(words) <= maxSign && strings.TrimSpace(words) != "" && isSign(a, words):
		p.b.text(words)
	case isTiny(a, maxSpeck), isUnseen(a), isIcon(a) && isNoName(words):
	default:
		href := ""
		if p.own && p.b.href == "" {
			href = link(p.base, a.src)
		}
		if isNoName(words) {
			words = ""
		}
		p.mark(digest.Picture, words, href)
	}
}

// drawnSign gives the characters of a picture whose code points Gmail names; "" for
// those of before Unicode had any.
func drawnSign(codes string) string {
	var sign []rune
	for code := range strings.FieldsFuncSeq(codes, func(r rune) bool { return r == '_' || r == '-' }) {
		r, err := strconv.ParseInt(code, 16, 32)
		if err != nil || len(sign) == 0 && !unicode.Is(unicode.So, rune(r)) {
			return ""
		}
		sign = append(sign, rune(r))
	}
	return string(sign)
}

// isSign tells whether a picture is one of a character: it says so, its text has
// neither letter nor digit, or its text is one such as 1️⃣.
func isSign(a attributes, text string) bool {
	for _, of := range []string{a.class, a.src} {
		of = strings.ToLower(of)
		for _, word := range []string{"emoji", "goomoji", "smiley", "smilie", "emoticon"} {
			if strings.Contains(of, word) {
				return true
			}
		}
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
		return true
	}
	return strings.ContainsRune(text, '\u20E3') && short(text, 1) == text
}

// isUnseen tells the pictures that are no part of what somebody says: portraits of
// writers, ornaments, and what counts readers.
func isUnseen(a attributes) bool {
	if a.unseen || a.role == "presentation" || a.role == "none" || a.hasClass("favicon", "site-icon", "userpic") || strings.Contains(a.class, "avatar") {
		return true
	}
	for _, part := range []string{"gravatar.com/avatar", "/user_avatar/", "//feeds.feedburner.com/~", "//feeds.wordpress.com/1.0/", "//pixel.wp.com/", "//stats.wordpress.com/"} {
		if strings.Contains(a.src, part) {
			return true
		}
	}
	return false
}

// isNoName tells what programs write where nobody described a picture.
func isNoName(words string) bool {
	switch strings.ToLower(strings.TrimSpace(words)) {
	case "", "image", "picture", "photo", "img":
		return true
	}
	return false
}

// isFormula tells whether a picture shows a formula, by the marks of those who make
// such pictures: WordPress.com, MediaWiki, QuickLaTeX, CodeCogs, mathTeX, Google.
func isFormula(a attributes) bool {
	for c := range strings.FieldsSeq(strings.ToLower(a.class)) {
		if c == "tex" || c == "math" || strings.Contains(c, "latex") || strings.Contains(c, "mwe-math") || strings.Contains(c, "formula") || strings.Contains(c, "mathjax") {
			return true
		}
	}
	src := strings.ToLower(a.src)
	for _, part := range []string{"latex.php", "latex.codecogs.com", "codecogs.com/gif.latex", "codecogs.com/png.latex", "codecogs.com/svg.latex", "mathtex.cgi", "mimetex", "cht=tx", "/math/render/"} {
		if strings.Contains(src, part) {
			return true
		}
	}
	return false
}

// drawnTeX gives the source of a formula that the address of its picture names.
func drawnTeX(src string) string {
	u, err := url.Parse(src)
	if err != nil {
		return ""
	}
	query := u.Query()
	if tex := firstOf(query.Get("latex"), query.Get("tex"), query.Get("chl")); tex != "" {
		return tex
	}
	if plain, err := url.PathUnescape(u.RawQuery); err == nil && !strings.Contains(u.RawQuery, "=") {
		return plain // CodeCogs and mathTeX have nothing else there
	}
	return ""
}

// isTiny tells whether an element is at most so many pixels wide or high.
func isTiny(a attributes, most int) bool {
	return pixels(a.width) <= most || pixels(a.height) <= most || pixels(a.styled("width")) <= most || pixels(a.styled("height")) <= most
}

// isIcon tells whether a picture is as small as a letter, in both directions.
func isIcon(a attributes) bool { return pixels(a.width) <= maxIcon && pixels(a.height) <= maxIcon }

// pixels reads a length in pixels; one that is not known is very large.
func pixels(length string) int {
	length = strings.TrimSuffix(strings.TrimSpace(strings.ToLower(length)), "px")
	if n, err := strconv.Atoi(strings.TrimSpace(length)); err == nil {
		return n
	}
	return math.MaxInt
}
