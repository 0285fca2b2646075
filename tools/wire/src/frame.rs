// SPDX-License-Identifier: GPL-2.0
//! Frames: their kinds, and reading and writing them.
#![forbid(unsafe_code)]

use std::io::{self, ErrorKind, Read, Write};

use thiserror::Error;

use crate::job::{Job, Outcome};

/// Largest payload of one frame; a longer one is refused by both ends.
pub const MAX_PAYLOAD: usize = 1 << 20;

const HEADER: usize = 5;

/// One message between runner and agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Guest to host: the agent listens; nothing is mounted for the command yet.
    Ready,
    /// Host to guest: the command to run. Sent once.
    Job(Job),
    /// Host to guest: bytes for the command's standard input; empty means end of file.
    Stdin(Vec<u8>),
    /// Guest to host: the driver stack is loaded and the command starts.
    Started,
    /// Guest to host: bytes of the command's standard output.
    Stdout(Vec<u8>),
    /// Guest to host: bytes of the command's standard error.
    Stderr(Vec<u8>),
    /// Guest to host: a line of the agent's own, for the person who watches.
    Note(String),
    /// Guest to host: how the command ended. The last frame.
    End(Outcome),
}

/// Why a frame could not be read or written.
#[derive(Debug, Error)]
pub enum FrameError {
    /// The port failed.
    #[error("The port to the guest failed: {0}")]
    Io(#[from] io::Error),
    /// The peer sent a kind that this version does not know.
    #[error("The other end sent a frame of unknown kind {0}")]
    Kind(u8),
    /// The payload is longer than [`MAX_PAYLOAD`].
    #[error("A frame of {0} bytes is too long")]
    TooLong(usize),
    /// A structured payload does not parse.
    #[error("A frame does not parse: {0}")]
    Parse(#[from] serde_json::Error),
    /// A text payload is not UTF-8.
    #[error("A frame's text is not UTF-8")]
    Text,
}

impl Frame {
    fn kind(&self) -> u8 {
        match self {
            Self::Ready => 1,
            Self::Job(_) => 2,
            Self::Stdin(_) => 3,
            Self::Started => 4,
            Self::Stdout(_) => 5,
            Self::Stderr(_) => 6,
            Self::Note(_) => 7,
            Self::End(_) => 8,
        }
    }

    fn payload(&self) -> Result<Vec<u8>, FrameError> {
        Ok(match self {
            Self::Ready | Self::Started => Vec::new(),
            Self::Job(job) => serde_json::to_vec(job)?,
            Self::Stdin(bytes) | Self::Stdout(bytes) | Self::Stderr(bytes) => bytes.clone(),
            Self::Note(text) => text.clone().into_bytes(),
            Self::End(outcome) => serde_json::to_vec(outcome)?,
        })
    }

    fn parse(kind: u8, payload: Vec<u8>) -> Result<Self, FrameError> {
        Ok(match kind {
            1 => Self::Ready,
            2 => Self::Job(serde_json::from_slice(&payload)?),
            3 => Self::Stdin(payload),
            4 => Self::Started,
            5 => Self::Stdout(payload),
            6 => Self::Stderr(payload),
            7 => Self::Note(String::from_utf8(payload).map_err(|_| FrameError::Text)?),
            8 => Self::End(serde_json::from_slice(&payload)?),
            other => return Err(FrameError::Kind(other)),
        })
    }
}

/// Writes one frame with a single `write_all`, so that frames of several threads behind one lock do not mix.
///
/// # Errors
///
/// The port failed, or the payload is longer than [`MAX_PAYLOAD`].
pub fn write_frame(port: &mut impl Write, frame: &Frame) -> Result<(), FrameError> {
    let payload = frame.payload()?;
    let length = u32::try_from(payload.len()).map_err(|_| FrameError::TooLong(payload.len()))?;
    if payload.len() > MAX_PAYLOAD {
        return Err(FrameError::TooLong(payload.len()));
    }
    let mut bytes = Vec::with_capacity(HEADER + payload.len());
    bytes.push(frame.kind());
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(&payload);
    port.write_all(&bytes)?;
    port.flush()?;
    Ok(())
}

/// Reads one frame; `None` is the end of the stream between two frames.
///
/// # Errors
///
/// The port failed or ended inside a frame, or the frame is malformed.
pub fn read_frame(port: &mut impl Read) -> Result<Option<Frame>, FrameError> {
    let mut kind = [0u8; 1];
    loop {
        match port.read(&mut kind) {
            Ok(0) => return Ok(None),
            Ok(_) => break,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    let mut length = [0u8; 4];
    port.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > MAX_PAYLOAD {
        return Err(FrameError::TooLong(length));
    }
    let mut payload = vec![0u8; length];
    port.read_exact(&mut payload)?;
    Frame::parse(u8::from_be_bytes(kind), payload).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Stack;

    fn all() -> Vec<Frame> {
        vec![
            Frame::Ready,
            Frame::Job(Job {
                folders: vec!["/home/x/acme".into()],
                argv: vec!["sh".into(), "-c".into(), "echo \"a b\"\n".into()],
                env: vec![("A".into(), "b=c".into())],
                tree: "/tree".into(),
                stack: Stack::Upstream,
                net: true,
                stdin: false,
                keep_loaded: true,
            }),
            Frame::Stdin(Vec::new()),
            Frame::Started,
            Frame::Stdout(vec![0, 255, 10]),
            Frame::Stderr(b"x".to_vec()),
            Frame::Note("line".into()),
            Frame::End(Outcome::Status(42)),
            Frame::End(Outcome::Signal(9)),
            Frame::End(Outcome::NotStarted(127, "no such file".into())),
            Frame::End(Outcome::NotReady("udev".into())),
            Frame::End(Outcome::NotUnloaded("in use".into())),
            Frame::End(Outcome::NotSearched("no memory".into())),
        ]
    }

    #[test]
    fn every_frame_survives_the_trip() {
        let mut stream = Vec::new();
        for frame in all() {
            assert!(write_frame(&mut stream, &frame).is_ok());
        }
        let mut input = stream.as_slice();
        for frame in all() {
            assert_eq!(read_frame(&mut input).ok().flatten(), Some(frame));
        }
        assert!(matches!(read_frame(&mut input), Ok(None)));
    }

    #[test]
    fn a_cut_stream_is_an_error_not_an_end() {
        let mut stream = Vec::new();
        assert!(write_frame(&mut stream, &Frame::Note("hello".into())).is_ok());
        for cut in 1..stream.len() {
            let mut input = stream.get(..cut).unwrap_or_default();
            assert!(
                matches!(read_frame(&mut input), Err(FrameError::Io(_))),
                "cut at {cut}"
            );
        }
    }

    #[test]
    fn hostile_headers_are_refused_before_any_allocation() {
        let mut input: &[u8] = &[5, 0xff, 0xff, 0xff, 0xff];
        assert!(matches!(
            read_frame(&mut input),
            Err(FrameError::TooLong(_))
        ));
        let mut input: &[u8] = &[99, 0, 0, 0, 0];
        assert!(matches!(read_frame(&mut input), Err(FrameError::Kind(99))));
        let mut input: &[u8] = &[8, 0, 0, 0, 1, b'{'];
        assert!(matches!(read_frame(&mut input), Err(FrameError::Parse(_))));
    }

    #[test]
    fn a_payload_over_the_limit_is_not_sent() {
        let mut stream = Vec::new();
        let frame = Frame::Stdout(vec![0; MAX_PAYLOAD + 1]);
        assert!(matches!(
            write_frame(&mut stream, &frame),
            Err(FrameError::TooLong(_))
        ));
        assert!(stream.is_empty());
    }
}
