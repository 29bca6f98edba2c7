package dkim

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"strings"

	"golang.org/x/net/publicsuffix"

	"postbag/digest"
)

// Sizes of RSA keys, in bits (RFC 8301, 3.2).
const (
	leastBits = 1024 // verifiers count no smaller key
	bits      = 2048 // of a key that is made here
	mostBits  = 4096 // verifiers need count no larger one
)

// Key is a private key and the selector that its record stands under.
type Key struct {
	Selector string
	private  crypto.Signer // *rsa.PrivateKey or ed25519.PrivateKey
}

// ParseKey reads a key of PEM: RSA in PKCS #1 or #8, Ed25519 in PKCS #8. Errors are of
// kind Invalid and tell nothing of the key.
func ParseKey(selector string, text []byte) (Key, error) {
	if err := CheckSelector(selector); err != nil {
		return Key{}, err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return Key{}, digest.Fail(digest.Invalid, "A key begins with -----BEGIN PRIVATE KEY-----; postbag dkim keygen makes one.", "the file holds no key in PEM")
	}
	var private any
	var err error
	switch block.Type {
	case "RSA PRIVATE KEY":
		private, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	case "PRIVATE KEY":
		private, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	case "ENCRYPTED PRIVATE KEY":
		return Key{}, digest.Fail(digest.Invalid, "Write it without a password, and keep its file to yourself (chmod 600).", "the key is encrypted")
	default:
		return Key{}, digest.Fail(digest.Invalid, "It has to be the private key.", "the file holds no private key")
	}
	if err != nil || block.Headers["DEK-Info"] != "" {
		return Key{}, digest.Fail(digest.Invalid, "It has to be RSA or Ed25519, without a password.", "the key cannot be read")
	}
	switch private := private.(type) {
	case ed25519.PrivateKey:
		return Key{selector, private}, nil
	case *rsa.PrivateKey:
		if n := private.N.BitLen(); n < leastBits || n > mostBits {
			return Key{}, digest.Fail(digest.Invalid, "Make one with: postbag dkim keygen", "the key has %d bits; receivers count keys of %d to %d", n, leastBits, mostBits)
		}
		return Key{selector, private}, nil
	}
	return Key{}, digest.Fail(digest.Invalid, "It has to be RSA or Ed25519.", "DKIM knows no such kind of key")
}

// Generate makes a key: RSA of 2048 bits, or Ed25519.
func Generate(selector string, ed bool) (Key, error) {
	if err := CheckSelector(selector); err != nil {
		return Key{}, err
	}
	if ed {
		_, private, err := ed25519.GenerateKey(rand.Reader)
		return Key{selector, private}, err
	}
	private, err := rsa.GenerateKey(rand.Reader, bits)
	return Key{selector, private}, err
}

// PEM gives the private key in PKCS #8.
func (k Key) PEM() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(k.private)
	if err != nil {
		return nil, err
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// Kind is the k= of the record: "rsa" or "ed25519".
func (k Key) Kind() string {
	if _, ok := k.private.(ed25519.PrivateKey); ok {
		return "ed25519"
	}
	return "rsa"
}

// Bits is the length of an RSA key; 0 for an Ed25519 key, of which there is one length.
func (k Key) Bits() int {
	if private, ok := k.private.(*rsa.PrivateKey); ok {
		return private.N.BitLen()
	}
	return 0
}

// Name is the name that the key's record stands under.
func (k Key) Name(domain string) string { return k.Selector + "._domainkey." + domain }

// Record is the text of the record that publishes the key (RFC 6376, 3.6.1).
func (k Key) Record() (string, error) {
	var public []byte
	switch private := k.private.(type) {
	case ed25519.PrivateKey: // the bare key (RFC 8463, 4.2)
		public = private.Public().(ed25519.PublicKey)
	case *rsa.PrivateKey:
		var err error
		if public, err = x509.MarshalPKIXPublicKey(&private.PublicKey); err != nil {
			return "", err
		}
	}
	return "v=DKIM1; k=" + k.Kind() + "; p=" + base64.StdEncoding.EncodeToString(public), nil
}

// algorithm is the a= of a signature.
func (k Key) algorithm() string { return k.Kind() + "-sha256" }

// size is the length of a signature, in bytes.
func (k Key) size() int {
	if private, ok := k.private.(*rsa.PrivateKey); ok {
		return private.Size()
	}
	return ed25519.SignatureSize
}

// sign signs a hash. Both kinds give the same bytes for the same hash: PKCS #1 v1.5 has
// no chance in it, and neither has Ed25519, which signs the hash as its message (RFC
// 8463, 3).
func (k Key) sign(hash []byte) ([]byte, error) {
	switch private := k.private.(type) {
	case *rsa.PrivateKey:
		return rsa.SignPKCS1v15(nil, private, crypto.SHA256, hash)
	case ed25519.PrivateKey:
		return ed25519.Sign(private, hash), nil
	}
	return nil, digest.Fail(digest.Internal, "", "a DKIM key of no kind")
}

// CheckSelector checks the name of a key: labels of letters, digits and hyphens (RFC
// 6376, 3.1).
func CheckSelector(s string) error {
	const most = 63
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(s) > most || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") || strings.ContainsFunc(label, notInLabel) {
			return digest.Fail(digest.Invalid, "Letters, digits and hyphens, such as postbag or 2026a.", "%q cannot be the selector of a DKIM key", s)
		}
	}
	return nil
}

func notInLabel(r rune) bool {
	return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-')
}

// CheckDomain checks that a signature of a domain counts for mail from another: DMARC
// wants both to be of the same registered domain (RFC 7489, 3.1.1). Both are in lower
// case, as A-labels.
func CheckDomain(domain, from string) error {
	for label := range strings.SplitSeq(domain, ".") {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool { return notInLabel(r) && r != '_' }) {
			return digest.Fail(digest.Invalid, "Write it as example.org.", "%q is no domain", domain)
		}
	}
	if organisation(domain) != organisation(from) {
		return digest.Fail(digest.Invalid, "Sign for "+organisation(from)+" or a name below it, or leave the domain out.",
			"a signature of %s does not count for mail from %s", domain, from)
	}
	return nil
}

// organisation gives the registered domain of a name (RFC 7489, 3.2), or the name itself
// where it has none.
func organisation(domain string) string {
	top, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return domain
	}
	return top
}
