// SPDX-License-Identifier: Apache-2.0
// The C headers in teranga/sdk/c, in Rust, written by tests/authoring/bindings.py: the same names, values and layouts.
// What each of them means stands in the headers.
#![allow(non_camel_case_types)]
use std::os::raw::{c_char, c_void};

pub const TRG_BORDER_MAJOR: i32 = 1;
pub const TRG_BORDER_MINOR: i32 = 0;
pub const TRG_BORDER_LEAST_MINOR: i32 = 0;
pub const TRG_MOST_AXES: i32 = 8;
pub const TRG_MOST_SLOTS: i32 = 16;
pub const TRG_MOST_PORTS: i32 = 64;
pub const TRG_MOST_PARAMETERS: i32 = 256;
pub const TRG_MOST_PASSES: i32 = 16;
pub const TRG_MOST_ITEMS: i32 = 4096;
pub const TRG_MOST_NAME: i32 = 255;
pub const TRG_OK: i32 = 0;
pub const TRG_FAILED: i32 = 1;
pub const TRG_BAD_OPTION: i32 = 2;
pub const TRG_BAD_SHAPE: i32 = 3;
pub const TRG_BAD_DATA: i32 = 4;
pub const TRG_DIVERGED: i32 = 5;
pub const TRG_F32: i32 = 0;
pub const TRG_F64: i32 = 1;
pub const TRG_I32: i32 = 2;
pub const TRG_I64: i32 = 3;
pub const TRG_U8: i32 = 4;
pub const TRG_NONE: i32 = 0;
pub const TRG_BOOLEAN: i32 = 1;
pub const TRG_INTEGER: i32 = 2;
pub const TRG_REAL: i32 = 3;
pub const TRG_TEXT: i32 = 4;
pub const TRG_LIST: i32 = 5;
pub const TRG_COMPONENT: i32 = 6;
pub const TRG_PATH: i32 = 7;
pub const TRG_REQUIRED: i32 = 1;
pub const TRG_NULLABLE: i32 = 2;
pub const TRG_SCALAR_EXPANDS: i32 = 4;
pub const TRG_MINIMUM_OPEN: i32 = 8;
pub const TRG_MAXIMUM_OPEN: i32 = 16;
pub const TRG_NUMBER_IS_TEXT: i32 = 32;
pub const TRG_LOG_DEBUG: i32 = 0;
pub const TRG_LOG_INFO: i32 = 1;
pub const TRG_LOG_WARNING: i32 = 2;
pub const TRG_LOG_ERROR: i32 = 3;
pub const TRG_EXP: i32 = 0;
pub const TRG_LOG: i32 = 1;
pub const TRG_TANH: i32 = 2;
pub const TRG_SIGMOID: i32 = 3;
pub const TRG_ERF: i32 = 4;
pub const TRG_NOTE_TYPE: i32 = 1;
pub const TRG_NOTE_MAGIC: u32 = 1414678337;
pub const TRG_LAYER: i32 = 1;
pub const TRG_ACTIVATION: i32 = 2;
pub const TRG_LOSS: i32 = 3;
pub const TRG_OPTIMIZER: i32 = 4;
pub const TRG_METRIC: i32 = 5;
pub const TRG_SCHEDULE: i32 = 6;
pub const TRG_INITIALIZER: i32 = 7;
pub const TRG_DATASET: i32 = 8;
pub const TRG_OBSERVER: i32 = 9;
pub const TRG_TRAINING: i32 = 0;
pub const TRG_INFERENCE: i32 = 1;
pub const TRG_FROZEN: i32 = 2;
pub const TRG_FORWARD: i32 = 0;
pub const TRG_BACKWARD: i32 = 1;
pub const TRG_BACKWARD_PARAMS: i32 = 2;
pub const TRG_SLICE: i32 = 1;
pub const TRG_RANGE: i32 = 2;
pub const TRG_BATCH: i32 = 4;
pub const TRG_FRESH: i32 = 8;
pub const TRG_READ_IN_BACKWARD: i32 = 1;
pub const TRG_NO_GRADIENT: i32 = 2;
pub const TRG_SURROGATE: i32 = 4;
pub const TRG_MASK_PASSES: i32 = 8;
pub const TRG_MASK_PRODUCED: i32 = 16;
pub const TRG_SAME_BYTES: i32 = 32;
pub const TRG_REPEATABLE: i32 = 64;
pub const TRG_SHARED: i32 = 0;
pub const TRG_ROW: i32 = 1;
pub const TRG_MERGE_MEAN: i32 = 0;
pub const TRG_MERGE_SUM: i32 = 1;
pub const TRG_MERGE_SAME: i32 = 2;
pub const TRG_SAVED: i32 = 0;
pub const TRG_CARRY: i32 = 1;
pub const TRG_SCRATCH: i32 = 2;
pub const TRG_DERIVED: i32 = 3;
pub const TRG_SYNCHRONISED: i32 = 1;
pub const TRG_NEEDS_X: i32 = 1;
pub const TRG_NEEDS_Y: i32 = 2;
pub const TRG_GRADIENT_SURROGATE: i32 = 4;
pub const TRG_GRADIENT_NONE: i32 = 8;
pub const TRG_WHOLE_ROWS: i32 = 16;
pub const TRG_TARGETS_ANY: i32 = 0;
pub const TRG_TARGETS_CLASSES: i32 = 1;
pub const TRG_TARGETS_SHARES: i32 = 2;
pub const TRG_TARGETS_DISTRIBUTION: i32 = 3;
pub const TRG_TARGETS_SIGNS: i32 = 4;
pub const TRG_TARGETS_YES_NO: i32 = 5;
pub const TRG_TARGETS_COUNTS: i32 = 6;
pub const TRG_TRAIN: i32 = 0;
pub const TRG_VALIDATION: i32 = 1;
pub const TRG_TEST: i32 = 2;
pub const TRG_FEATURE: i32 = 0;
pub const TRG_TARGET: i32 = 1;
pub const TRG_SAMPLE_WEIGHT: i32 = 2;
pub const TRG_ABSENT: i32 = 1;
pub const TRG_TEXT_SO_FAR: i32 = 0;
pub const TRG_TEXT_SOURCE: i32 = 1;
pub const TRG_WANTS_STEPS: i32 = 1;
pub const TRG_WANTS_GRADIENT_NORM: i32 = 2;
pub const TRG_OPEN_LIBRARY_SYMBOL: &[u8] = b"teranga_open_library\0";
pub const TRG_NOTE_OWNER: &[u8] = b"Teranga\0";
pub const TRG_ACTIVATION_LENDER: &[u8] = b"teranga.activation_lender/1\0";
pub const TRG_TOKENS: &[u8] = b"teranga.tokens/1\0";
pub const TRG_BYTES_READ: &[u8] = b"teranga.bytes_read/1\0";
pub const TRG_NEW_SAMPLES: &[u8] = b"teranga.new_samples/1\0";
pub const TRG_NODE_MEMORY: &[u8] = b"teranga.node_memory/1\0";

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_error {
    pub size: usize,
    pub code: i32,
    pub reserved: i32,
    pub sample: i64,
    pub r#where: [c_char; 256],
    pub text: [c_char; 1024],
    pub hint: [c_char; 512],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_tensor {
    pub data: *mut c_void,
    pub shape: *const i64,
    pub rank: i32,
    pub r#type: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_value {
    pub kind: i32,
    pub count: i32,
    pub integer: i64,
    pub real: f64,
    pub text: *const c_char,
    pub items: *const trg_value,
    pub options: *const trg_option,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_option {
    pub name: *const c_char,
    pub value: trg_value,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_options {
    pub size: usize,
    pub count: usize,
    pub items: *const trg_option,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_option_spec {
    pub size: usize,
    pub name: *const c_char,
    pub doc: *const c_char,
    pub kind: i32,
    pub item_kind: i32,
    pub flags: i32,
    pub choice_count: i32,
    pub choices: *const *const c_char,
    pub component_kind: *const c_char,
    pub default_value: trg_value,
    pub minimum: f64,
    pub maximum: f64,
    pub least_items: i64,
    pub most_items: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_gemm {
    pub size: usize,
    pub r#type: i32,
    pub transpose_a: i32,
    pub transpose_b: i32,
    pub reserved: i32,
    pub m: i64,
    pub n: i64,
    pub k: i64,
    pub alpha: f64,
    pub a: *const c_void,
    pub lda: i64,
    pub b: *const c_void,
    pub ldb: i64,
    pub beta: f64,
    pub c: *mut c_void,
    pub ldc: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_stream {
    pub key: u64,
    pub row: u64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_host {
    pub size: usize,
    pub border_major: u32,
    pub border_minor: u32,
    pub version: *const c_char,
    pub log: Option<unsafe extern "C" fn(level: i32, text: *const c_char)>,
    pub gemm: Option<unsafe extern "C" fn(gemm: *const trg_gemm) -> i32>,
    pub vector: Option<unsafe extern "C" fn(function: i32, r#type: i32, count: i64, x: *const c_void, y: *mut c_void)>,
    pub uniform: Option<unsafe extern "C" fn(stream: trg_stream, first: u64, count: i64, r#type: i32, out: *mut c_void)>,
    pub normal: Option<unsafe extern "C" fn(stream: trg_stream, first: u64, count: i64, r#type: i32, out: *mut c_void)>,
    pub parallel_for: Option<unsafe extern "C" fn(count: i64, grain: i64, body: Option<unsafe extern "C" fn(context: *mut c_void, begin: i64, end: i64)>, context: *mut c_void)>,
    pub extension: Option<unsafe extern "C" fn(id: *const c_char) -> *const c_void>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_item {
    pub size: usize,
    pub kind: i32,
    pub reserved: i32,
    pub name: *const c_char,
    pub version: *const c_char,
    pub licence: *const c_char,
    pub author: *const c_char,
    pub summary: *const c_char,
    pub formula: *const c_char,
    pub source: *const c_char,
    pub options: *const trg_option_spec,
    pub option_count: usize,
    pub option_stride: usize,
    pub calls: *const c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_library {
    pub size: usize,
    pub items: *const trg_item,
    pub item_count: usize,
    pub item_stride: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_note {
    pub magic: u32,
    pub major: u16,
    pub minor: u16,
    pub least_minor: u16,
    pub reserved: u16,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_note_section {
    pub owner_size: u32,
    pub note_size: u32,
    pub r#type: u32,
    pub owner: [c_char; 8],
    pub note: trg_note,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_input {
    pub size: usize,
    pub name: *const c_char,
    pub tensor: trg_tensor,
    pub mask_rank: i32,
    pub needs_gradient: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_port {
    pub size: usize,
    pub name: *const c_char,
    pub r#type: i32,
    pub rank: i32,
    pub shape: *const i64,
    pub flags: i32,
    pub shares_with: i32,
    pub mask_rank: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_piece {
    pub begin: i64,
    pub end: i64,
    pub initializer: *const trg_value,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_parameter {
    pub size: usize,
    pub name: *const c_char,
    pub rank: i32,
    pub trainable: i32,
    pub shape: *const i64,
    pub initializer: *const trg_value,
    pub pieces: *const trg_piece,
    pub piece_count: usize,
    pub l1: f64,
    pub l2: f64,
    pub fan_in: i64,
    pub fan_out: i64,
    pub touched_by: i32,
    pub lazy: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_state {
    pub size: usize,
    pub name: *const c_char,
    pub kind: i32,
    pub merge: i32,
    pub r#type: i32,
    pub rank: i32,
    pub shape: *const i64,
    pub initializer: *const trg_value,
    pub resets_each_epoch: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_follower {
    pub size: usize,
    pub kind: *const c_char,
    pub r#type: *const c_char,
    pub options: *const trg_options,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_plan_request {
    pub size: usize,
    pub r#type: i32,
    pub mode: i32,
    pub inputs: *const trg_input,
    pub input_count: usize,
    pub input_stride: usize,
    pub max_workers: i32,
    pub granularity: i32,
    pub followers: *const trg_follower,
    pub follower_count: usize,
    pub follower_stride: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_planner {
    pub size: usize,
    pub context: *mut c_void,
    pub input: Option<unsafe extern "C" fn(context: *mut c_void, index: i32, flags: i32)>,
    pub output: Option<unsafe extern "C" fn(context: *mut c_void, port: *const trg_port)>,
    pub parameter: Option<unsafe extern "C" fn(context: *mut c_void, parameter: *const trg_parameter)>,
    pub state: Option<unsafe extern "C" fn(context: *mut c_void, state: *const trg_state)>,
    pub buffer: Option<unsafe extern "C" fn(context: *mut c_void, kind: i32, bytes_per_row: i64, bytes: i64)>,
    pub passes: Option<unsafe extern "C" fn(context: *mut c_void, which: i32, count: i32, sums: *const i64, flags: i32)>,
    pub granularity: Option<unsafe extern "C" fn(context: *mut c_void, which: i32, offered: i32, axis_length: i64, multiple: i64)>,
    pub cost: Option<unsafe extern "C" fn(context: *mut c_void, which: i32, flops: f64)>,
    pub absorb: Option<unsafe extern "C" fn(context: *mut c_void, count: usize)>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_call {
    pub size: usize,
    pub pass: i32,
    pub worker: i32,
    pub first_row: i64,
    pub rows: i64,
    pub range_begin: i64,
    pub range_end: i64,
    pub inputs: *const trg_tensor,
    pub outputs: *const trg_tensor,
    pub d_inputs: *const trg_tensor,
    pub d_outputs: *const trg_tensor,
    pub parameters: *const trg_tensor,
    pub d_parameters: *const trg_tensor,
    pub input_masks: *const trg_tensor,
    pub output_masks: *const trg_tensor,
    pub states_in: *const trg_tensor,
    pub states_out: *const trg_tensor,
    pub derived: *mut c_void,
    pub saved: *mut c_void,
    pub carry: *mut c_void,
    pub scratch: *mut c_void,
    pub sums: *mut f64,
    pub local_sums: *const f64,
    pub global_sums: *const f64,
    pub random_key: u64,
    pub row_keys: *const u64,
    pub fresh: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_source {
    pub node: i32,
    pub port: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_part {
    pub size: usize,
    pub r#type: *const c_char,
    pub name: *const c_char,
    pub options: *const trg_options,
    pub inputs: *const trg_source,
    pub input_count: usize,
    pub weights_of: i32,
    pub fold: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_graph {
    pub size: usize,
    pub context: *mut c_void,
    pub part: Option<unsafe extern "C" fn(context: *mut c_void, part: *const trg_part) -> i32>,
    pub output: Option<unsafe extern "C" fn(context: *mut c_void, name: *const c_char, source: trg_source)>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_layer_calls {
    pub size: usize,
    pub create: Option<unsafe extern "C" fn(options: *const trg_options, layer: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(layer: *mut c_void)>,
    pub plan: Option<unsafe extern "C" fn(layer: *mut c_void, request: *const trg_plan_request, planner: *const trg_planner, plan: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy_plan: Option<unsafe extern "C" fn(plan: *mut c_void)>,
    pub derive: Option<unsafe extern "C" fn(plan: *mut c_void, call: *const trg_call, error: *mut trg_error) -> i32>,
    pub forward: Option<unsafe extern "C" fn(plan: *mut c_void, call: *const trg_call, error: *mut trg_error) -> i32>,
    pub backward: Option<unsafe extern "C" fn(plan: *mut c_void, call: *const trg_call, error: *mut trg_error) -> i32>,
    pub backward_params: Option<unsafe extern "C" fn(plan: *mut c_void, call: *const trg_call, error: *mut trg_error) -> i32>,
    pub update_state: Option<unsafe extern "C" fn(plan: *mut c_void, call: *const trg_call, error: *mut trg_error) -> i32>,
    pub expand: Option<unsafe extern "C" fn(layer: *mut c_void, request: *const trg_plan_request, graph: *const trg_graph, error: *mut trg_error) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_activation_calls {
    pub size: usize,
    pub create: Option<unsafe extern "C" fn(options: *const trg_options, activation: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(activation: *mut c_void)>,
    pub needs: Option<unsafe extern "C" fn(activation: *mut c_void) -> i32>,
    pub value: Option<unsafe extern "C" fn(activation: *mut c_void, r#type: i32, rows: i64, length: i64, x: *const c_void, y: *mut c_void, error: *mut trg_error) -> i32>,
    pub gradient: Option<unsafe extern "C" fn(activation: *mut c_void, r#type: i32, rows: i64, length: i64, x: *const c_void, y: *const c_void, dy: *const c_void, dx: *mut c_void, error: *mut trg_error) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_activation_lender {
    pub size: usize,
    pub lend: Option<unsafe extern "C" fn(component: *const trg_value, calls: *mut *const trg_activation_calls, activation: *mut *mut c_void, error: *mut trg_error) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_compare_request {
    pub size: usize,
    pub r#type: i32,
    pub prediction_count: i32,
    pub target_count: i32,
    pub reserved: i32,
    pub predictions: *const trg_tensor,
    pub targets: *const trg_tensor,
    pub producer: *const c_char,
    pub producer_options: *const trg_options,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_loss_plan {
    pub size: usize,
    pub leading: i32,
    pub absorbs: i32,
    pub surrogate: i32,
    pub plain_count: i32,
    pub targets: i32,
    pub ignores: i32,
    pub ignored: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_loss_call {
    pub size: usize,
    pub rows: i64,
    pub predictions: *const trg_tensor,
    pub targets: *const trg_tensor,
    pub d_predictions: *const trg_tensor,
    pub weights: *const f64,
    pub values: *mut f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_loss_calls {
    pub size: usize,
    pub create: Option<unsafe extern "C" fn(options: *const trg_options, loss: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(loss: *mut c_void)>,
    pub plan: Option<unsafe extern "C" fn(loss: *mut c_void, request: *const trg_compare_request, answer: *mut trg_loss_plan, plan: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy_plan: Option<unsafe extern "C" fn(plan: *mut c_void)>,
    pub evaluate: Option<unsafe extern "C" fn(plan: *mut c_void, call: *const trg_loss_call, error: *mut trg_error) -> i32>,
    pub denominator: Option<unsafe extern "C" fn(plan: *mut c_void, call: *const trg_loss_call, sum: *mut f64, error: *mut trg_error) -> i32>,
    pub target_count: Option<unsafe extern "C" fn(loss: *mut c_void) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_optimizer_facts {
    pub size: usize,
    pub slot_count: i32,
    pub scalar_count: i32,
    pub slot_names: *const *const c_char,
    pub slot_initial: *const f64,
    pub scalar_initial: *const f64,
    pub idle_without_gradient: i32,
    pub reserved: i32,
    pub whole_tensors: i32,
    pub decays_itself: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_update {
    pub size: usize,
    pub r#type: i32,
    pub reserved: i32,
    pub count: i64,
    pub weights: *mut c_void,
    pub gradient: *const c_void,
    pub slots: *const *mut c_void,
    pub step: i64,
    pub rate: f64,
    pub scalars: *const f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_tensor_update {
    pub size: usize,
    pub r#type: i32,
    pub rank: i32,
    pub shape: *const i64,
    pub parameter: *const c_char,
    pub count: i64,
    pub weights: *mut c_void,
    pub gradient: *const c_void,
    pub slots: *const *mut c_void,
    pub step: i64,
    pub rate: f64,
    pub scalars: *const f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_slot_shape {
    pub size: usize,
    pub rank: i32,
    pub reserved: i32,
    pub shape: [i64; 8],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_optimizer_calls {
    pub size: usize,
    pub create: Option<unsafe extern "C" fn(options: *const trg_options, optimizer: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(optimizer: *mut c_void)>,
    pub facts: Option<unsafe extern "C" fn(optimizer: *mut c_void, facts: *mut trg_optimizer_facts, error: *mut trg_error) -> i32>,
    pub begin_step: Option<unsafe extern "C" fn(optimizer: *mut c_void, step: i64, rate: f64, scalars: *mut f64, error: *mut trg_error) -> i32>,
    pub update: Option<unsafe extern "C" fn(optimizer: *mut c_void, update: *const trg_update, error: *mut trg_error) -> i32>,
    pub update_tensor: Option<unsafe extern "C" fn(optimizer: *mut c_void, update: *const trg_tensor_update, error: *mut trg_error) -> i32>,
    pub slot_shape: Option<unsafe extern "C" fn(optimizer: *mut c_void, slot: i32, parameter: *const c_char, shape: *mut trg_slot_shape, error: *mut trg_error) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_metric_call {
    pub size: usize,
    pub rows: i64,
    pub predictions: *const trg_tensor,
    pub targets: *const trg_tensor,
    pub weights: *const f64,
    pub sums: *mut f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_metric_plan {
    pub size: usize,
    pub sum_count: i64,
    pub leading: i32,
    pub direction: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_metric_calls {
    pub size: usize,
    pub create: Option<unsafe extern "C" fn(options: *const trg_options, metric: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(metric: *mut c_void)>,
    pub plan: Option<unsafe extern "C" fn(metric: *mut c_void, request: *const trg_compare_request, answer: *mut trg_metric_plan, plan: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy_plan: Option<unsafe extern "C" fn(plan: *mut c_void)>,
    pub update: Option<unsafe extern "C" fn(plan: *mut c_void, call: *const trg_metric_call, error: *mut trg_error) -> i32>,
    pub value: Option<unsafe extern "C" fn(plan: *mut c_void, sums: *const f64, value: *mut f64, error: *mut trg_error) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_measure {
    pub size: usize,
    pub name: *const c_char,
    pub value: f64,
    pub direction: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_schedule_calls {
    pub size: usize,
    pub create: Option<unsafe extern "C" fn(options: *const trg_options, schedule: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(schedule: *mut c_void)>,
    pub state_count: Option<unsafe extern "C" fn(schedule: *mut c_void) -> i64>,
    pub rate: Option<unsafe extern "C" fn(schedule: *mut c_void, step: i64, epoch: i64, state: *const f64, rate: *mut f64, error: *mut trg_error) -> i32>,
    pub epoch_end: Option<unsafe extern "C" fn(schedule: *mut c_void, epoch: i64, measures: *const trg_measure, count: usize, stride: usize, state: *mut f64, error: *mut trg_error) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_fill {
    pub size: usize,
    pub r#type: i32,
    pub rank: i32,
    pub shape: *const i64,
    pub fan_in: i64,
    pub fan_out: i64,
    pub stream: trg_stream,
    pub data: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_initializer_calls {
    pub size: usize,
    pub create: Option<unsafe extern "C" fn(options: *const trg_options, initializer: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(initializer: *mut c_void)>,
    pub fill: Option<unsafe extern "C" fn(initializer: *mut c_void, fill: *const trg_fill, error: *mut trg_error) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_field {
    pub size: usize,
    pub name: *const c_char,
    pub role: i32,
    pub r#type: i32,
    pub rank: i32,
    pub flags: i32,
    pub shape: *const i64,
    pub classes: i64,
    pub class_names: *const *const c_char,
    pub columns: *const *const c_char,
    pub column_count: i64,
    pub offsets: *const f64,
    pub scales: *const f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_data_answer {
    pub size: usize,
    pub context: *mut c_void,
    pub count: Option<unsafe extern "C" fn(context: *mut c_void, part: i32, samples: i64)>,
    pub field: Option<unsafe extern "C" fn(context: *mut c_void, field: *const trg_field)>,
    pub bytes: Option<unsafe extern "C" fn(context: *mut c_void, data: *const c_void, size: usize)>,
    pub bucket: Option<unsafe extern "C" fn(context: *mut c_void, length: i64)>,
    pub blocks: Option<unsafe extern "C" fn(context: *mut c_void, part: i32, rows: i64, window: i64)>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_fill_batch {
    pub size: usize,
    pub part: i32,
    pub reserved: i32,
    pub rows: i64,
    pub samples: *const i64,
    pub fields: *const trg_tensor,
    pub random_key: u64,
    pub epoch: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_dataset_calls {
    pub size: usize,
    pub create: Option<unsafe extern "C" fn(options: *const trg_options, dataset: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(dataset: *mut c_void)>,
    pub describe: Option<unsafe extern "C" fn(dataset: *mut c_void, answer: *const trg_data_answer, error: *mut trg_error) -> i32>,
    pub fit: Option<unsafe extern "C" fn(dataset: *mut c_void, samples: *const i64, count: i64, answer: *const trg_data_answer, error: *mut trg_error) -> i32>,
    pub restore: Option<unsafe extern "C" fn(dataset: *mut c_void, data: *const c_void, size: usize, error: *mut trg_error) -> i32>,
    pub measure: Option<unsafe extern "C" fn(dataset: *mut c_void, part: i32, samples: *const i64, count: i64, lengths: *mut i64, error: *mut trg_error) -> i32>,
    pub fill: Option<unsafe extern "C" fn(dataset: *mut c_void, batch: *const trg_fill_batch, error: *mut trg_error) -> i32>,
    pub extension: Option<unsafe extern "C" fn(id: *const c_char) -> *const c_void>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_token_field {
    pub size: usize,
    pub field: i32,
    pub role: i32,
    pub ids: i64,
    pub steps: i64,
    pub padding: i32,
    pub unknown: i32,
    pub start: i32,
    pub end: i32,
    pub first: i32,
    pub reserved: i32,
    pub between: *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_tokens {
    pub size: usize,
    pub describe: Option<unsafe extern "C" fn(dataset: *mut c_void, context: *mut c_void, take: Option<unsafe extern "C" fn(context: *mut c_void, field: *const trg_token_field)>, error: *mut trg_error) -> i32>,
    pub encode: Option<unsafe extern "C" fn(dataset: *mut c_void, field: i32, text: *const c_char, size: usize, context: *mut c_void, take: Option<unsafe extern "C" fn(context: *mut c_void, ids: *const i32, count: usize)>, error: *mut trg_error) -> i32>,
    pub decode: Option<unsafe extern "C" fn(dataset: *mut c_void, field: i32, ids: *const i32, count: usize, context: *mut c_void, take: Option<unsafe extern "C" fn(context: *mut c_void, text: *const c_char, size: usize)>, error: *mut trg_error) -> i32>,
    pub lay: Option<unsafe extern "C" fn(dataset: *mut c_void, field: i32, ids: *const i32, count: usize, to: *mut c_void, last: *mut i64, error: *mut trg_error) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_bytes_read {
    pub size: usize,
    pub total: Option<unsafe extern "C" fn(dataset: *mut c_void) -> i64>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_new_input {
    pub size: usize,
    pub paths: *const *const c_char,
    pub path_count: i64,
    pub texts: *const *const c_char,
    pub text_count: i64,
    pub judged: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_new_samples {
    pub size: usize,
    pub endings: *const c_char,
    pub open: Option<unsafe extern "C" fn(options: *const trg_options, learnt: *const c_void, learnt_size: usize, input: *const trg_new_input, dataset: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub knowledge: Option<unsafe extern "C" fn(dataset: *mut c_void, learnt: *const c_void, learnt_size: usize, context: *mut c_void, take: Option<unsafe extern "C" fn(context: *mut c_void, name: *const c_char, text: *const c_char)>, error: *mut trg_error) -> i32>,
    pub sample_name: Option<unsafe extern "C" fn(dataset: *mut c_void, sample: i64, context: *mut c_void, take: Option<unsafe extern "C" fn(context: *mut c_void, name: *const c_char)>, error: *mut trg_error) -> i32>,
    pub column: Option<unsafe extern "C" fn(dataset: *mut c_void, name: *const c_char, context: *mut c_void, take: Option<unsafe extern "C" fn(context: *mut c_void, cell: *const c_char)>, error: *mut trg_error) -> i32>,
    pub column_name: Option<unsafe extern "C" fn(dataset: *mut c_void, wanted: *const c_char, context: *mut c_void, take: Option<unsafe extern "C" fn(context: *mut c_void, name: *const c_char)>, error: *mut trg_error) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_training_start {
    pub size: usize,
    pub run_folder: *const c_char,
    pub step: i64,
    pub epoch: i64,
    pub epochs: i64,
    pub steps_per_epoch: i64,
    pub parameters: i64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_training_step {
    pub size: usize,
    pub step: i64,
    pub epoch: i64,
    pub phase: *const c_char,
    pub loss: f64,
    pub rate: f64,
    pub gradient_norm: f64,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_training_epoch {
    pub size: usize,
    pub step: i64,
    pub epoch: i64,
    pub seconds: f64,
    pub measures: *const trg_measure,
    pub measure_count: usize,
    pub measure_stride: usize,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_training_end {
    pub size: usize,
    pub step: i64,
    pub epoch: i64,
    pub exit_code: i32,
    pub reserved: i32,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_stop_request {
    pub size: usize,
    pub stop: i32,
    pub reserved: i32,
    pub reason: [c_char; 256],
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_observer_calls {
    pub size: usize,
    pub create: Option<unsafe extern "C" fn(options: *const trg_options, observer: *mut *mut c_void, error: *mut trg_error) -> i32>,
    pub destroy: Option<unsafe extern "C" fn(observer: *mut c_void)>,
    pub wants: Option<unsafe extern "C" fn(observer: *mut c_void) -> i32>,
    pub begin: Option<unsafe extern "C" fn(observer: *mut c_void, start: *const trg_training_start, error: *mut trg_error) -> i32>,
    pub step: Option<unsafe extern "C" fn(observer: *mut c_void, step: *const trg_training_step, request: *mut trg_stop_request, error: *mut trg_error) -> i32>,
    pub epoch_end: Option<unsafe extern "C" fn(observer: *mut c_void, epoch: *const trg_training_epoch, request: *mut trg_stop_request, error: *mut trg_error) -> i32>,
    pub end: Option<unsafe extern "C" fn(observer: *mut c_void, end: *const trg_training_end, error: *mut trg_error) -> i32>,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_node_block {
    pub size: usize,
    pub data: *const c_void,
    pub handle: *mut c_void,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct trg_node_memory {
    pub size: usize,
    pub hold: Option<unsafe extern "C" fn(name: *const c_char, bytes: u64, fill: Option<unsafe extern "C" fn(context: *mut c_void, memory: *mut c_void, error: *mut trg_error) -> i32>, context: *mut c_void, block: *mut trg_node_block, error: *mut trg_error) -> i32>,
    pub release: Option<unsafe extern "C" fn(handle: *mut c_void)>,
}
