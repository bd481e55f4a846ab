#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the sounds that the tests of the data set `audio_folder` read, and what is expected of them (sounds.hpp): python3 make_sounds.py, in this folder, with numpy, soundfile and
librosa 0.11. The features are librosa's, computed in 64 bits; the sounds are synthetic: tones that rise, noise and silence."""
from pathlib import Path

import librosa
import numpy as np
import soundfile

FOLDER = Path("sounds")
FOLDER.mkdir(exist_ok=True)
random = np.random.default_rng(5)


def sound(rate, seconds):
    """Silence, then rising tones with noise, then noise that fades."""
    t = np.arange(int(rate * seconds)) / rate
    tones = 0.4 * np.sin(2 * np.pi * (200 + 900 * t / seconds) * t) + 0.15 * np.sin(2 * np.pi * 0.31 * rate * t)
    out = tones + 0.01 * random.standard_normal(t.size)
    out[t < 0.15 * seconds] = 0
    late = t > 0.8 * seconds
    out[late] = 0.02 * random.standard_normal(late.sum()) * np.linspace(1, 0, late.sum())
    return np.clip(np.round(out * 32767), -32768, 32767).astype(np.int16)


speech, music = sound(8000, 0.22), sound(22050, 0.12)
soundfile.write(FOLDER / "speech.wav", speech, 8000, subtype="PCM_16")
soundfile.write(FOLDER / "music.flac", music, 22050, subtype="PCM_16")
stereo = (np.stack([music[:600].astype(np.int32) * 65536, -music[300:900].astype(np.int32) * 32768], axis=1) & ~0xff).astype(np.int32)
soundfile.write(FOLDER / "stereo.flac", stereo, 22050, subtype="PCM_24")
soundfile.write(FOLDER / "float.wav", np.stack([speech[:500] / 32768, speech[500:1000] / 65536], axis=1), 8000, subtype="FLOAT")
soundfile.write(FOLDER / "speech.ogg", speech / 32768, 8000, format="OGG", subtype="VORBIS")

CASES = [("speech.wav", "log_mel", 8000, dict(n_fft=256, win_length=200, hop_length=80, n_mels=40), 80.0, 0),
         ("speech.wav", "log_mel", 8000, dict(n_fft=512, win_length=401, hop_length=150, n_mels=26, fmin=100.0, fmax=3700.0), 55.0, 0),
         ("speech.wav", "mfcc", 8000, dict(n_fft=256, win_length=200, hop_length=80, n_mels=40), 80.0, 13),
         ("music.flac", "log_mel", 22050, dict(n_fft=1024, win_length=1024, hop_length=512, n_mels=64), 0.0, 0),
         ("music.flac", "mfcc", 22050, dict(n_fft=2048, win_length=2048, hop_length=512, n_mels=128), 80.0, 20)]


def features(file, kind, rate, form, top_db, n_mfcc):
    wave = soundfile.read(FOLDER / file, dtype="float64")[0]
    power = librosa.feature.melspectrogram(y=wave, sr=rate, window="hann", center=True, pad_mode="constant", power=2.0, dtype=np.float64, **form)
    log_mel = librosa.power_to_db(power, ref=1.0, amin=1e-10, top_db=top_db or None)
    return log_mel.T if kind == "log_mel" else librosa.feature.mfcc(S=log_mel, n_mfcc=n_mfcc, dct_type=2, norm="ortho").T


def numbers(values):
    return "{" + ", ".join(f"{v:.7g}" for v in np.ravel(values)) + "}"


lines = ["// SPDX-License-Identifier: Apache-2.0", "// Made by make_sounds.py.", "#pragma once", "", "#include <cstdint>", "#include <string>", "#include <vector>", "",
         "namespace teranga::test::golden {", "", "struct Features {", "  std::string file, kind;",
         "  std::int64_t n_fft, win_length, hop_length, n_mels;", "  double fmin, fmax;  // fmax 0: left out", "  double top_db;", "  std::int64_t n_mfcc;  // 0: left out",
         "  std::int64_t steps, width;", "  std::vector<float> values;", "};", "inline const std::vector<Features> features = {"]
for case in CASES:
    file, kind, rate, form, top_db, n_mfcc = case
    found = features(*case)
    lines.append(f'    {{"{file}", "{kind}", {form["n_fft"]}, {form["win_length"]}, {form["hop_length"]}, {form["n_mels"]}, {form.get("fmin", 0.0)}, {form.get("fmax", 0.0)}, {top_db}, {n_mfcc}, '
                 f"{found.shape[0]}, {found.shape[1]}, {numbers(found)}}},")
lines += ["};", "// The samples of speech.wav.", f"inline const std::vector<std::int64_t> speech = {numbers(speech)};",
          "// The means of the two channels of stereo.flac, as whole numbers of 25 bits.", f"inline const std::vector<std::int64_t> stereo = {{{', '.join(str(int(v)) for v in (stereo >> 8).sum(axis=1))}}};",
          "// Those of float.wav.", f"inline const std::vector<float> two_floats = {numbers((speech[:500] / 32768 + speech[500:1000] / 65536) / 2)};", "", "}  // namespace teranga::test::golden", ""]
Path("sounds.hpp").write_text("\n".join(lines))
