package formats

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"image"
	_ "image/gif" // figures in these formats have their size read
	_ "image/jpeg"
	_ "image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"flowbook/journal"
	"flowbook/journal/internal/outfile"
)

// WriteTensorBoard writes each run as a folder EXPERIMENT-ID below dir, with one event file that holds its metrics as scalars
// (TensorBoard keeps them as 32-bit floats), its PNG, JPEG and GIF figures as images and its config as text:
//
//	tensorboard --logdir dir
//
// The format is that of TensorFlow's event.proto, summary.proto and record_writer.
func WriteTensorBoard(ctx context.Context, j *journal.Journal, dir string, runs ...string) error {
	if err := outfile.Folder(dir); err != nil {
		return err
	}
	for _, id := range runs {
		r, err := j.Get(ctx, id)
		if err != nil {
			return err
		}
		folder := filepath.Join(dir, safePath(r.Experiment, ".")+"-"+r.ID)
		if err := os.MkdirAll(folder, 0o755); err != nil {
			return err
		}
		name := fmt.Sprintf("events.out.tfevents.%d.%s", r.Started.Unix(), safePath(r.Machine.Host, "."))
		if err := writeFile(filepath.Join(folder, name), func(w io.Writer) error { return writeEvents(ctx, j, w, r) }); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes a file whole or not at all.
func writeFile(path string, write func(io.Writer) error) error {
	return outfile.Write(path, func(w io.Writer) error {
		buf := bufio.NewWriterSize(w, 1<<20)
		if err := write(buf); err != nil {
			return err
		}
		return buf.Flush()
	})
}

func writeEvents(ctx context.Context, j *journal.Journal, w io.Writer, r *journal.Record) error {
	if err := writeEvent(w, r.Started, 0, protowire.AppendString(protowire.AppendTag(nil, 3, protowire.BytesType), "brain.Event:2")); err != nil {
		return err
	}
	if err := writeEvent(w, r.Started, 0, summary("config", configText(r.Config))); err != nil {
		return err
	}
	err := j.EachSeries(ctx, r.ID, func(s journal.Series) error {
		for i := range s.Len() {
			v := protowire.AppendTag(nil, 2, protowire.Fixed32Type) // simple_value
			v = protowire.AppendFixed32(v, math.Float32bits(float32(s.Values[i])))
			if err := writeEvent(w, s.Time(i), s.Steps[i], summary(s.Metric, v)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, f := range r.Figures {
		data, err := j.ReadArtifact(ctx, f.Digest)
		if err != nil {
			return err
		}
		size, _, err := image.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			continue // SVG and HTML are no images to TensorBoard
		}
		if err := writeEvent(w, f.Time, max(0, f.Step), summary(f.Name, imageValue(size, data))); err != nil {
			return err
		}
	}
	return nil
}

// writeEvent frames one Event: length, its masked CRC-32C, the event, its masked CRC-32C. what is the field after wall_time and step.
func writeEvent(w io.Writer, at time.Time, step int, what []byte) error {
	e := protowire.AppendTag(nil, 1, protowire.Fixed64Type) // wall_time
	e = protowire.AppendFixed64(e, math.Float64bits(float64(at.UnixMicro())/1e6))
	e = protowire.AppendTag(e, 2, protowire.VarintType) // step
	e = protowire.AppendVarint(e, uint64(step))
	e = append(e, what...)
	frame := binary.LittleEndian.AppendUint64(nil, uint64(len(e)))
	frame = binary.LittleEndian.AppendUint32(frame, maskedCRC(frame))
	frame = append(frame, e...)
	frame = binary.LittleEndian.AppendUint32(frame, maskedCRC(e))
	_, err := w.Write(frame)
	return err
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func maskedCRC(b []byte) uint32 {
	c := crc32.Checksum(b, castagnoli)
	return (c>>15 | c<<17) + 0xa282ead8
}

// summary is an Event's field 5: a Summary of one value with a tag.
func summary(tag string, value []byte) []byte {
	v := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), tag)
	v = append(v, value...)
	s := message(nil, 1, v)
	return message(nil, 5, s)
}

func message(b []byte, field protowire.Number, m []byte) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), m)
}

// imageValue is a Summary.Value's image: height, width, colour space (4: RGBA), bytes.
func imageValue(size image.Config, data []byte) []byte {
	var m []byte
	for i, v := range []int{size.Height, size.Width, 4} {
		m = protowire.AppendVarint(protowire.AppendTag(m, protowire.Number(i+1), protowire.VarintType), uint64(v))
	}
	return message(nil, 4, message(m, 4, data))
}

// configText is a Summary.Value's tensor for the text plugin: the config, indented, as a Markdown code block.
func configText(config json.RawMessage) []byte {
	var text bytes.Buffer
	if json.Indent(&text, config, "    ", "  ") != nil {
		text.Write(config)
	}
	plugin := protowire.AppendString(protowire.AppendTag(nil, 1, protowire.BytesType), "text")
	v := message(nil, 9, message(nil, 1, plugin))                                     // metadata.plugin_data.plugin_name
	t := protowire.AppendVarint(protowire.AppendTag(nil, 1, protowire.VarintType), 7) // dtype DT_STRING
	t = message(t, 2, nil)                                                            // a scalar's shape
	t = message(t, 8, append([]byte("    "), text.Bytes()...))                        // string_val
	return message(v, 8, t)
}
