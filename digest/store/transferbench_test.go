package store_test

import (
	"bytes"
	"io"
	"strconv"
	"testing"

	"postbag/digest/backup"
	"postbag/digest/store"
	"postbag/digest/store/transfer"
)

// stored gives a database of many rows.
func stored(b *testing.B, dsn string, pages int) *store.DB {
	db := open(b, dsn)
	source := addSource(b, db)
	for i := range pages {
		if _, err := db.StorePage(b.Context(), pageOf(source, strconv.Itoa(i), pageSize)); err != nil {
			b.Fatal(err)
		}
	}
	return db
}

// perSecond reports how many rows a second were copied.
func perSecond(b *testing.B, rows int64) {
	b.ReportMetric(float64(rows)*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkBackup(b *testing.B) {
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) {
			db, rows := stored(b, d.none(b), 40), int64(0)
			for b.Loop() {
				trailer, err := db.Backup(b.Context(), io.Discard, transfer.BackupOptions{Compress: true})
				if err != nil {
					b.Fatal(err)
				}
				rows = trailer.Rows
			}
			perSecond(b, rows)
		})
	}
}

func BenchmarkRestore(b *testing.B) {
	var file bytes.Buffer
	trailer, err := stored(b, databases[0].none(b), 40).Backup(b.Context(), &file, transfer.BackupOptions{Compress: true})
	if err != nil {
		b.Fatal(err)
	}
	for _, d := range databases {
		b.Run(d.name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				place := d.none(b)
				from, err := backup.NewReader(bytes.NewReader(file.Bytes()))
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if _, err := transfer.Restore(b.Context(), place, from, transfer.RestoreOptions{}); err != nil {
					b.Fatal(err)
				}
			}
			perSecond(b, trailer.Rows)
		})
	}
}
