/* SPDX-License-Identifier: Apache-2.0
 * Data sets: a source of samples by number. create reads what it must to know counts and shapes; fit learns what is learnt (normalisation,
 * class labels, vocabulary) from the training samples only and gives it back as bytes that the host checkpoints and hands to restore when it
 * evaluates or predicts; fill writes a batch. No two calls of one data set run at the same time. */
#ifndef TERANGA_SDK_C_DATASET_H
#define TERANGA_SDK_C_DATASET_H

#include "host.h"

#ifdef __cplusplus
extern "C" {
#endif

enum trg_part_kind { TRG_TRAIN = 0, TRG_VALIDATION = 1, TRG_TEST = 2 };
enum trg_role { TRG_FEATURE = 0, TRG_TARGET = 1, TRG_SAMPLE_WEIGHT = 2 };

enum trg_field_flag {
  TRG_ABSENT = 1 /* new samples come without it (targets, sample weights): it is described as in the training, and is not to be filled */
};

/* A column of the samples. */
typedef struct trg_field {
  size_t size;
  const char* name;     /* "x", "y", "weight", or what the file calls it */
  int32_t role;
  int32_t type;
  int32_t rank;
  int32_t flags;        /* of trg_field_flag */
  const int64_t* shape; /* of one sample; -1: an axis that is as long as the sample's bucket (see trg_data_answer) */
  int64_t classes;      /* of a target that is a class number: how many classes there are; of a feature of ids: ids are 0 to classes - 1; 0: it is neither, or it is not known */
  const char* const* class_names; /* `classes` of them: of classes, or what ids stand for ("" for padding); or null */
  /* What the data call it, as the columns of a table: a name for each element of the last axis, or one name of all of the field; or null. */
  const char* const* columns;
  int64_t column_count;
  /* Where the numbers are not those of the data, as after a normalisation: n stands for offset + scale * n. One for each element
   * of the last axis, of a scalar one; or both null. */
  const double* offsets;
  const double* scales;
} trg_field;

/* Where answers go, within the call that is given it only; each function copies. A function that the call does not speak of is null. */
typedef struct trg_data_answer {
  size_t size;
  void* context;
  void (*count)(void* context, int32_t part, int64_t samples); /* a part that is not told does not exist */
  void (*field)(void* context, const trg_field* field);        /* after restore, they may have changed: describe is called again */
  void (*bytes)(void* context, const void* data, size_t size); /* what fit learnt */
  /* A length that axes of -1 may have; told by describe, ascending. All samples of a batch are of one bucket: the smallest that
   * is no shorter than what measure gives, or the longest. */
  void (*bucket)(void* context, int64_t length);
  /* Told by describe of a part that is too large to be held: samples lie in blocks of `rows`
   * (sample s in block s / rows) that are best filled whole. A host fills them so, holds about `window` samples at a time, whole blocks, and shuffles among those.
   * Not together with more than one bucket. */
  void (*blocks)(void* context, int32_t part, int64_t rows, int64_t window);
} trg_data_answer;

typedef struct trg_fill_batch {
  size_t size;
  int32_t part;              /* enum trg_part_kind */
  int32_t reserved;          /* 0 */
  int64_t rows;              /* samples of the batch */
  const int64_t* samples;    /* numbers within the part */
  const trg_tensor* fields;  /* one a field, [rows, ...], an axis of -1 as long as a bucket: any one, for samples may be padded further or cut; null data: not wanted; else to be overwritten */
  /* Of a batch for training: the random draws of sample s in this epoch are those of the stream {random_key, s}, for augmentation. They are the same for any threads, ranks and batches. 0: no
   * random change is wanted, as in an evaluation. */
  uint64_t random_key;
  int64_t epoch;             /* the pass over all samples, 1 = the first (epochs that are parts of a pass share its number); 0 outside of a training */
} trg_fill_batch;

typedef struct trg_dataset_calls {
  size_t size;
  int32_t (*create)(const trg_options* options, void** dataset, trg_error* error); /* [main] opens; paths are absolute; the options stay valid as long as the data set lives */
  void (*destroy)(void* dataset);                                                  /* [main] */
  int32_t (*describe)(void* dataset, const trg_data_answer* answer, trg_error* error); /* [main] */
  /* [main] samples: numbers of training samples to learn from. Tells answer->bytes what was learnt. May be null: nothing is learnt. */
  int32_t (*fit)(void* dataset, const int64_t* samples, int64_t count, const trg_data_answer* answer, trg_error* error);
  /* [main] Takes the bytes that fit gave once. May be null where fit is null. */
  int32_t (*restore)(void* dataset, const void* data, size_t size, trg_error* error);
  /* [data] or [main]. How long a bucket each sample needs, if nothing of it is to be cut; lengths is overwritten. May be null where fewer than two buckets are told. */
  int32_t (*measure)(void* dataset, int32_t part, const int64_t* samples, int64_t count, int64_t* lengths, trg_error* error);
  /* [data] Writes the wanted fields of the samples. */
  int32_t (*fill)(void* dataset, const trg_fill_batch* batch, trg_error* error);
  const void* (*extension)(const char* id); /* [main] an optional ability by its id, as below, or null. May be null */
} trg_dataset_calls;

/* What extension(TRG_TOKENS) points to, of a data set whose samples are steps of texts: how a text becomes ids and ids a text, by the vocabulary
 * that fit learnt or restore gave. It is for programs that let a network write: a text grows step by step, and before each step the network is
 * given it anew, as a sample of the data set. [main] */
#define TRG_TOKENS "teranga.tokens/1"

enum trg_token_role {
  TRG_TEXT_SO_FAR = 0, /* a feature: the text that is being written; the network tells the step after each of its steps, or after the last */
  TRG_TEXT_SOURCE = 1  /* a feature: another text that stands fast, as the one to be translated */
};

typedef struct trg_token_field {
  size_t size;
  int32_t field;       /* its number among the described fields */
  int32_t role;        /* enum trg_token_role */
  int64_t ids;         /* ids of its vocabulary are 0 to ids - 1 */
  int64_t steps;       /* of a sample */
  int32_t padding;     /* the id of a step that is not there; -1, here and below: there is no such id */
  int32_t unknown;     /* of what the vocabulary does not have */
  int32_t start;       /* of the step before the first one of every text */
  int32_t end;         /* of the step after the last one; without it a text never ends by itself */
  int32_t first;       /* where there is no start: the step that a text begins behind when nothing of it is given */
  int32_t reserved;
  const char* between; /* what parts two pieces of text that are put together: "" or " " */
} trg_token_field;

typedef struct trg_tokens {
  size_t size;
  /* Tells all its fields of texts. */ int32_t (*describe)(void* dataset, void* context, void (*take)(void* context, const trg_token_field* field), trg_error* error);
  /* The steps of a text (UTF-8; where it is broken, U+FFFD) by the data set's own rules, without start, end and padding. */
  int32_t (*encode)(void* dataset, int32_t field, const char* text, size_t size, void* context, void (*take)(void* context, const int32_t* ids, size_t count),
                    trg_error* error);
  /* The text of steps, UTF-8; an id that is no word appears by its name ("[UNK]"), padding not at all. */
  int32_t (*decode)(void* dataset, int32_t field, const int32_t* ids, size_t count, void* context, void (*take)(void* context, const char* text, size_t size),
                    trg_error* error);
  /* One sample of the field, of its type and shape, that holds these steps (one or more), cut and padded as fill does it. Of a text so far the last
   * steps are kept, of a source the first. *last: the step at which the last id that was kept lies. */
  int32_t (*lay)(void* dataset, int32_t field, const int32_t* ids, size_t count, void* to, int64_t* last, trg_error* error);
} trg_tokens;

/* What extension(TRG_BYTES_READ) points to, of a data set that leaves samples in their files. */
#define TRG_BYTES_READ "teranga.bytes_read/1"

typedef struct trg_bytes_read {
  size_t size;
  int64_t (*total)(void* dataset); /* [data] bytes of files that fill has read so far */
} trg_bytes_read;

/* What extension(TRG_NEW_SAMPLES) points to, of a data set that prepares new samples as it prepared those of the training: for predictions, long after the
 * training files are gone. [main] */
#define TRG_NEW_SAMPLES "teranga.new_samples/1"

/* Paths or texts; the other count is 0. */
typedef struct trg_new_input {
  size_t size;
  const char* const* paths;  /* absolute: files or folders, as the data set takes them for one part (an array of features, and perhaps one of targets) */
  int64_t path_count;
  const char* const* texts;  /* UTF-8, each ends with a zero byte: what was typed, or the lines of a file */
  int64_t text_count;
  int32_t judged;  /* not 0: the samples are judged by their targets */
  int32_t reserved;
} trg_new_input;

typedef struct trg_new_samples {
  size_t size;
  /* Endings of the names of files that the data set reads, parted by blanks: ".npy .npy.gz". A last ending "*", as null and an empty text, stands for all names but
   * those of arrays: .npy, .npz, .h5, .hdf5. */
  const char* endings;
  /* A second data set of the same calls, whose only part is TRG_TEST and holds the new samples. It describes all fields of the training, by what fit learnt; targets
   * that the input does not have are TRG_ABSENT. It opens no file that the options name. */
  int32_t (*open)(const trg_options* options, const void* learnt, size_t learnt_size, const trg_new_input* input, void** dataset, trg_error* error);
  /* What was learnt, in words: a name ("column age") and a text ("number, mean 30.5") for each thing that was learnt. Bytes that differ should differ here. May be null. */
  int32_t (*knowledge)(void* dataset, const void* learnt, size_t learnt_size, void* context, void (*take)(void* context, const char* name, const char* text),
                       trg_error* error);
  /* Of the data set that open gave: what people know a sample by, as the name of its file; take is not called for one without a name. May be null: no sample has a name. */
  int32_t (*sample_name)(void* dataset, int64_t sample, void* context, void (*take)(void* context, const char* name), trg_error* error);
  /* Of the data set that open gave: the cells of a column of its input, as they stand there, one a sample in the order of the samples; people keep them beside the
   * predictions. The column need not be one that the network uses; of texts that stand in no table it is "text", of a window of rows a cell is that of the last one. May be null: the input has no columns. */
  int32_t (*column)(void* dataset, const char* name, void* context, void (*take)(void* context, const char* cell), trg_error* error);
  /* Of the data set that open gave: the name of the column that `column` finds by this name or number; take is not called where the input gives it none. May be null. */
  int32_t (*column_name)(void* dataset, const char* wanted, void* context, void (*take)(void* context, const char* name), trg_error* error);
} trg_new_samples;

#ifdef __cplusplus
}
#endif
#endif
