package roster

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"postbag/digest"
	"postbag/subscribers/listfile"
)

// maxInput bounds a list, in bytes.
const maxInput = 1 << 30

// spool is a list copied to a temporary file, so that it can be read as often as
// needed and stays the same meanwhile, wherever it comes from.
type spool struct {
	file *os.File
	in   listfile.Text
}

// newSpool copies r, whose character set is the one named, or found out. The caller
// closes the spool.
func newSpool(ctx context.Context, r io.Reader, charset string) (*spool, error) {
	file, err := os.CreateTemp("", "postbag-import-*")
	if err != nil {
		return nil, fmt.Errorf("keep the list while it is checked: %w", err)
	}
	s := &spool{file: file}
	if err := s.fill(ctx, r, charset); err != nil {
		_ = s.Close() // the error that matters is the one before
		return nil, err
	}
	return s, nil
}

func (s *spool) fill(ctx context.Context, r io.Reader, charset string) error {
	n, err := io.Copy(s.file, io.LimitReader(contextReader{ctx, r}, maxInput+1))
	if err != nil {
		return fmt.Errorf("read the list: %w", err)
	}
	if n > maxInput {
		return digest.Fail(digest.Invalid, "Import it in parts.", "the list is larger than %d MB", maxInput>>20)
	}
	if err := s.rewind(); err != nil {
		return err
	}
	s.in, err = listfile.FindText(contextFile{contextReader{ctx, s.file}, s.file}, charset)
	return err
}

// text gives the list from its beginning as UTF-8 without a byte order mark.
func (s *spool) text(ctx context.Context) (io.Reader, error) {
	if err := s.rewind(); err != nil {
		return nil, err
	}
	return s.in.Reader(contextReader{ctx, s.file}), nil
}

func (s *spool) rewind() error {
	if _, err := s.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the list again: %w", err)
	}
	return nil
}

// Close removes the copy.
func (s *spool) Close() error {
	return errors.Join(s.file.Close(), os.Remove(s.file.Name()))
}

// contextReader stops reading when its context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// contextFile is a file that is read no further once its context ends.
type contextFile struct {
	contextReader
	io.Seeker
}
