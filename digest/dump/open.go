package dump

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"postbag/digest"
	"postbag/digest/charset"
	"postbag/digest/jsonread"
	"postbag/digest/lazyregexp"
	"postbag/digest/mailbox"
	"postbag/digest/xmlread"
)

const (
	headBytes = 64 << 10 // looked at to tell what a file is
	takeHint  = "Blogger: feed.atom of the Takeout archive, or the .xml of a backup. WordPress: the .xml of Tools, Export. Disqus: the .xml in the archive it mails. docs/importing.md lists the others."
)

// gate is a file that is not read any more once a context has ended, even in the
// middle of a token that never ends.
type gate struct {
	file io.Reader
	ctx  context.Context
}

func (g *gate) Read(p []byte) (int, error) {
	if err := g.ctx.Err(); err != nil {
		return 0, err
	}
	return g.file.Read(p)
}

// source is the file of an export. Some formats are read twice: what names the writers
// may stand behind what they wrote.
type source struct {
	file io.ReadSeeker
	gate *gate
}

// start gives the file from its beginning, unpacked, and its first bytes.
func (s *source) start() (in *bufio.Reader, head []byte, err error) {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return nil, nil, fmt.Errorf("read the file: %w", err)
	}
	in = bufio.NewReaderSize(s.gate, headBytes)
	if head, err = in.Peek(headBytes); err != nil && err != io.EOF {
		return nil, nil, fmt.Errorf("read the file: %w", err)
	}
	if !bytes.HasPrefix(head, []byte("\x1f\x8b")) {
		return withoutLead(in, head)
	}
	unpacked, err := gzip.NewReader(in)
	if err != nil {
		return nil, nil, unreadable(err)
	}
	in = bufio.NewReaderSize(unpacked, headBytes)
	if head, err = in.Peek(headBytes); err != nil && err != io.EOF {
		return nil, nil, unreadable(err)
	}
	return withoutLead(in, head)
}

// withoutLead passes over what a server's faults write before the XML declaration, as
// PHP's warnings. What is no XML, or a web page, stays whole.
func withoutLead(in *bufio.Reader, head []byte) (*bufio.Reader, []byte, error) {
	const most = 16 << 10
	at := bytes.Index(head[:min(len(head), most)], []byte("<?xml "))
	if at <= maxJunk || bytes.IndexByte(head[:at], 0) >= 0 || mailbox.Is(head) {
		return in, head, nil
	}
	text := beginning(head[:at])
	switch sort, err := recognise([]byte(text)); {
	case text == "", sort == jsonText, sort == importText, err != nil && sort != unknownText:
		return in, head, nil
	}
	if _, err := in.Discard(at); err != nil {
		return nil, nil, fmt.Errorf("read the file: %w", err)
	}
	return in, head[at:], nil
}

// text gives the file from its beginning in UTF-8, without forbidden characters.
func (s *source) text() (io.Reader, error) {
	in, head, err := s.start()
	if err != nil {
		return nil, err
	}
	return charset.NewReader(in, head), nil
}

// Open finds out by its first bytes what a file is and reads up to its first
// entry. A file that was packed with gzip is unpacked on the way. The error is of
// kind Invalid for anything that is no export, and says what it is instead.
func Open(ctx context.Context, file io.ReadSeeker) (*Reader, error) {
	src := &source{file, &gate{file, ctx}}
	in, head, err := src.start()
	if err != nil {
		return nil, err
	}
	r := &Reader{gate: src.gate}
	sort, err := recognise(head)
	switch {
	case err != nil:
	case sort == jsonText:
		err = r.openJSON(src, head)
	case sort == importText:
		err = r.openImportText(charset.NewReader(in, head))
	case sort == mailText:
		err = r.openMail(src)
	default:
		err = r.openXML(charset.NewReader(in, head))
	}
	if err != nil {
		return nil, err
	}
	return r, nil
}

func unreadable(err error) error {
	return digest.Fail(digest.Invalid, "Get the export again.", "the file cannot be unpacked: %w", err)
}

// packed are files that hold others, by their first bytes.
var packed = []struct{ magic, name string }{
	{"PK\x03\x04", "a zip archive"}, {"PK\x05\x06", "an empty zip archive"}, {"BZh", "packed with bzip2"},
	{"\xFD7zXZ\x00", "packed with xz"}, {"\x28\xB5\x2F\xFD", "packed with zstd"}, {"7z\xBC\xAF", "a 7z archive"},
	{"Rar!", "a rar archive"}, {"\x1f\x8b", "packed twice"},
}

// sort is what a file is written in.
type sort int

const (
	xmlText sort = iota
	jsonText
	importText // Movable Type's
	mailText   // an mbox
	unknownText
)

// recognise tells by its first bytes what a file is written in, and refuses what is
// nothing that is read.
func recognise(head []byte) (sort, error) {
	for _, p := range packed {
		if bytes.HasPrefix(head, []byte(p.magic)) {
			return 0, digest.Fail(digest.Invalid, "Unpack it and give the file inside. "+takeHint, "the file is %s, not an export", p.name)
		}
	}
	if len(head) > 262 && string(head[257:262]) == "ustar" {
		return 0, digest.Fail(digest.Invalid, "Unpack it and give the file inside. "+takeHint, "the file is a tar archive, not an export")
	}
	if bytes.HasPrefix(head, []byte("SQLite format 3\x00")) {
		return 0, digest.Fail(digest.Invalid, "Of such databases, Isso's comments.db is read, by its name. "+takeHint, "the file is a database of SQLite, not an export")
	}
	if mailbox.Is(head) {
		return mailText, nil
	}
	text := beginning(head)
	lower := strings.ToLower(text[:min(len(text), 64)])
	switch {
	case text == "":
		return 0, digest.Fail(digest.Invalid, "Get the export again.", "the file is empty")
	case strings.HasPrefix(lower, "<!doctype html"), strings.HasPrefix(lower, "<html"),
		strings.HasPrefix(lower, "<head"), strings.HasPrefix(lower, "<body"):
		return 0, aWebPage()
	case strings.HasPrefix(lower, "{"), strings.HasPrefix(lower, "["):
		return jsonText, nil
	case strings.HasPrefix(lower, "<"):
		return xmlText, nil
	case isImportText(text):
		return importText, nil
	}
	return unknownText, digest.Fail(digest.Invalid, takeHint, "the file is no export that is known")
}

func aWebPage() error {
	return digest.Fail(digest.Invalid, "Sign in there, and download the export itself. "+takeHint, "the file is a web page, not an export")
}

var preamble = lazyregexp.New(`^(?s)(\s+|<!--.*?-->|<\?.*?\?>)+`)

// maxJunk is how many bytes may stand before a declaration, such as those of a
// byte order mark written in another character set.
const maxJunk = 16

// beginning is the text of the first bytes after declaration and comments, good
// enough to look at.
func beginning(head []byte) string {
	text := strings.TrimPrefix(strings.ReplaceAll(string(head), "\x00", ""), "\xEF\xBB\xBF")
	text = strings.TrimPrefix(strings.TrimPrefix(text, "\xFE\xFF"), "\xFF\xFE") // UTF-16
	if at := strings.Index(text[:min(len(text), maxJunk)], "<?xml"); at > 0 {
		text = text[at:]
	}
	return strings.TrimSpace(preamble.ReplaceAllString(text, ""))
}

// explain words why a file cannot be read further.
func (r *Reader) explain(err error) error {
	if err == io.EOF {
		return err
	}
	where := "before its first entry"
	if r.last != "" {
		where = "after " + r.last
	}
	const again = "What stands before that was read. Get the export again and import it whole: nothing is stored twice."
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return digest.Fail(digest.Invalid, again, "the file ends in the middle, %s", where)
	case errors.Is(err, xmlread.ErrDoctype), errors.Is(err, xmlread.ErrTag), errors.Is(err, errDepth), errors.Is(err, errSpaces):
		return digest.Fail(digest.Invalid, "No platform's export needs that.", "the file is refused %s: %w", where, err)
	case badlyPacked(err):
		return digest.Fail(digest.Invalid, again, "the file is damaged %s: %w", where, err)
	case errors.Is(err, xmlread.ErrSyntax):
		return digest.Fail(digest.Invalid, again, "the file is not well-formed XML %s", where)
	case errors.Is(err, jsonread.ErrSyntax):
		return digest.Fail(digest.Invalid, again, "the file is not well-formed JSON %s", where)
	case errors.Is(err, jsonread.ErrDepth):
		return digest.Fail(digest.Invalid, "No platform's export needs that.", "the file is refused %s: %w", where, err)
	}
	return fmt.Errorf("read the file %s: %w", where, err)
}

// badlyPacked tells of a fault in what gzip made of a file.
func badlyPacked(err error) bool {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	return corrupt || errors.Is(err, gzip.ErrChecksum) || errors.Is(err, gzip.ErrHeader)
}

// explainStart words why not even the first entry could be read.
func (r *Reader) explainStart(err error) error {
	if err == io.EOF {
		return digest.Fail(digest.Invalid, takeHint, "the file holds no XML element")
	}
	err = r.explain(err)
	if digest.KindOf(err) == digest.Invalid {
		return digest.Fail(digest.Invalid, "Get the export again.", "%w", err)
	}
	return err
}
