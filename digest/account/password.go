package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"postbag/digest"
)

// The parameters of new hashes: argon2id (RFC 9106) with the memory and passes that
// the OWASP Password Storage Cheat Sheet gives. They are stored with each hash; one
// with others is renewed when its editor signs in.
const (
	hashMemory  = 19 * 1024 // KiB
	hashPasses  = 2
	hashThreads = 1
	hashLength  = 32
	saltLength  = 16
	// What a stored hash may ask for at most: it is read back from a database.
	mostHashMemory = 1024 * 1024
	mostHashPasses = 64

	hashesAtOnce  = 2
	hashesWaiting = 32
)

// Bounds of a password: NIST SP 800-63B (5.1.1.2) asks for 8 characters at least,
// for no rules about kinds of characters, and that the commonest are refused.
const (
	leastPassword = 10 // characters
	mostPassword  = 1024
)

// commonest are the beginnings and wholes of the commonest passwords of ten characters
// and more, as lists of what was broken into show them.
var commonest = []string{
	"1234567890", "0123456789", "0987654321", "1234567891", "12345678910", "123456789a", "a123456789", "1q2w3e4r5t", "1q2w3e4r5t6y",
	"qwertyuiop", "qwerty1234", "qwerty12345", "qwerty123456", "asdfghjkl1", "1qaz2wsx3edc", "qazwsxedcr", "zaq12wsxcde3",
	"password12", "password123", "password1234", "passw0rd123", "password01", "passwordpassword", "mypassword", "changeme123", "changemenow",
	"letmein123", "welcome123", "welcome1234", "administrator", "admin12345", "iloveyou12", "iloveyou123", "iloveyou1234", "sunshine12", "sunshine123",
	"princess12", "princess123", "football12", "football123", "baseball12", "monkey1234", "dragon1234", "abcdefghij", "abc1234567", "abcd123456",
	"aaaaaaaaaa", "1111111111", "0000000000", "9876543210", "trustno1234", "superman12", "superman123", "correcthorsebatterystaple", "postbag123",
}

// CheckPassword refuses a password that is too short, too long or too common, or that
// is the editor's own address or name: an error of kind Invalid.
func CheckPassword(password, email, name string) error {
	return about(PasswordField, checkPassword(password, email, name))
}

func checkPassword(password, email, name string) error {
	n := utf8.RuneCountInString(password)
	switch plain := strings.ToLower(strings.TrimSpace(password)); {
	case !utf8.ValidString(password):
		return digest.Fail(digest.Invalid, "Type it again.", "the password is no text")
	case n < leastPassword:
		return digest.Fail(digest.Invalid, "Four words that do not belong together make a good one.", "the password has %d characters, and needs %d or more", n, leastPassword)
	case len(password) > mostPassword:
		return digest.Fail(digest.Invalid, "Shorten it.", "the password is longer than %d bytes", mostPassword)
	case slices.Contains(commonest, plain), strings.Count(plain, string([]rune(plain + " ")[0])) == n:
		return digest.Fail(digest.Invalid, "Four words that do not belong together make a good one.", "the password is one of the first that anybody tries")
	case plain == strings.ToLower(email), plain == strings.ToLower(name), local(email) == plain:
		return digest.Fail(digest.Invalid, "Four words that do not belong together make a good one.", "the password is your own name or address")
	}
	return nil
}

func local(email string) string {
	name, _, _ := strings.Cut(strings.ToLower(email), "@")
	return name
}

// noPassword is a hash that no password has, of the present parameters: what is
// compared where there is no account.
func (h hashing) noPassword() string {
	return h.encode(make([]byte, saltLength), make([]byte, hashLength))
}

// hashing bounds how many passwords are hashed at once, and how many wait.
type hashing struct {
	running        chan struct{}
	waiting        *atomic.Int64
	memory, passes uint32 // of new hashes
}

func newHashing() hashing {
	return hashing{running: make(chan struct{}, hashesAtOnce), waiting: new(atomic.Int64), memory: hashMemory, passes: hashPasses}
}

// do runs f when it is its turn.
func (h hashing) do(ctx context.Context, f func()) error {
	if h.waiting.Add(1) > hashesWaiting {
		h.waiting.Add(-1)
		return digest.Fail(digest.Unavailable, "Try again in a moment.", "too many people are signing in at this moment")
	}
	defer h.waiting.Add(-1)
	select {
	case h.running <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-h.running }()
	f()
	return nil
}

// prepared makes the same bytes of a password however it is typed (NFKC; NIST SP
// 800-63B, 5.1.1.2).
func prepared(password string) []byte { return []byte(norm.NFKC.String(password)) }

// hash makes the hash of a password, with its parameters, in the form of the argon2
// reference implementation.
func (h hashing) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltLength)
	rand.Read(salt)
	var key []byte
	err := h.do(ctx, func() {
		key = argon2.IDKey(prepared(password), salt, h.passes, h.memory, hashThreads, hashLength)
	})
	return h.encode(salt, key), err
}

func (h hashing) encode(salt, key []byte) string {
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, hashThreads, b64.EncodeToString(salt), b64.EncodeToString(key))
}

// compare tells whether a password has a hash, and whether the hash was made with
// other parameters than those of today.
func (h hashing) compare(ctx context.Context, hash, password string) (good, old bool, err error) {
	var version int
	var memory, passes uint32
	var threads uint8
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false, false, fmt.Errorf("a stored password's hash has a form that is not known")
	}
	_, err = fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &passes, &threads)
	if err != nil || version != argon2.Version || memory > mostHashMemory || passes == 0 || passes > mostHashPasses || threads == 0 {
		return false, false, fmt.Errorf("a stored password's hash has parameters that cannot be used")
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false, false, fmt.Errorf("a stored password's salt cannot be read")
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false, false, fmt.Errorf("a stored password's hash cannot be read")
	}
	var got []byte
	err = h.do(ctx, func() {
		got = argon2.IDKey(prepared(password), salt, passes, memory, threads, uint32(len(want)))
	})
	if err != nil {
		return false, false, err
	}
	old = memory != h.memory || passes != h.passes || threads != hashThreads || len(want) != hashLength
	return subtle.ConstantTimeCompare(got, want) == 1, old, nil
}

// newHandle makes what passkeys know an editor by: 64 random bytes that tell nothing
// (WebAuthn Level 3, 14.6.1).
func newHandle() []byte {
	handle := make([]byte, 64)
	rand.Read(handle)
	return handle
}
