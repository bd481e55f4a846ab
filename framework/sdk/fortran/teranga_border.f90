! SPDX-License-Identifier: Apache-2.0
! The C headers in teranga/sdk/c, in Fortran, written by tests/authoring/bindings.py: the same names, values and layouts.
! What each of them means stands in the headers. The texts that name abilities of the host end in _id here.
module teranga_border
  use, intrinsic :: iso_c_binding
  implicit none

  integer(c_int32_t), parameter :: TRG_BORDER_MAJOR = 1
  integer(c_int32_t), parameter :: TRG_BORDER_MINOR = 0
  integer(c_int32_t), parameter :: TRG_BORDER_LEAST_MINOR = 0
  integer(c_int32_t), parameter :: TRG_MOST_AXES = 8
  integer(c_int32_t), parameter :: TRG_MOST_SLOTS = 16
  integer(c_int32_t), parameter :: TRG_MOST_PORTS = 64
  integer(c_int32_t), parameter :: TRG_MOST_PARAMETERS = 256
  integer(c_int32_t), parameter :: TRG_MOST_PASSES = 16
  integer(c_int32_t), parameter :: TRG_MOST_ITEMS = 4096
  integer(c_int32_t), parameter :: TRG_MOST_NAME = 255
  integer(c_int32_t), parameter :: TRG_OK = 0
  integer(c_int32_t), parameter :: TRG_FAILED = 1
  integer(c_int32_t), parameter :: TRG_BAD_OPTION = 2
  integer(c_int32_t), parameter :: TRG_BAD_SHAPE = 3
  integer(c_int32_t), parameter :: TRG_BAD_DATA = 4
  integer(c_int32_t), parameter :: TRG_DIVERGED = 5
  integer(c_int32_t), parameter :: TRG_F32 = 0
  integer(c_int32_t), parameter :: TRG_F64 = 1
  integer(c_int32_t), parameter :: TRG_I32 = 2
  integer(c_int32_t), parameter :: TRG_I64 = 3
  integer(c_int32_t), parameter :: TRG_U8 = 4
  integer(c_int32_t), parameter :: TRG_NONE = 0
  integer(c_int32_t), parameter :: TRG_BOOLEAN = 1
  integer(c_int32_t), parameter :: TRG_INTEGER = 2
  integer(c_int32_t), parameter :: TRG_REAL = 3
  integer(c_int32_t), parameter :: TRG_TEXT = 4
  integer(c_int32_t), parameter :: TRG_LIST = 5
  integer(c_int32_t), parameter :: TRG_COMPONENT = 6
  integer(c_int32_t), parameter :: TRG_PATH = 7
  integer(c_int32_t), parameter :: TRG_REQUIRED = 1
  integer(c_int32_t), parameter :: TRG_NULLABLE = 2
  integer(c_int32_t), parameter :: TRG_SCALAR_EXPANDS = 4
  integer(c_int32_t), parameter :: TRG_MINIMUM_OPEN = 8
  integer(c_int32_t), parameter :: TRG_MAXIMUM_OPEN = 16
  integer(c_int32_t), parameter :: TRG_NUMBER_IS_TEXT = 32
  integer(c_int32_t), parameter :: TRG_LOG_DEBUG = 0
  integer(c_int32_t), parameter :: TRG_LOG_INFO = 1
  integer(c_int32_t), parameter :: TRG_LOG_WARNING = 2
  integer(c_int32_t), parameter :: TRG_LOG_ERROR = 3
  integer(c_int32_t), parameter :: TRG_EXP = 0
  integer(c_int32_t), parameter :: TRG_LOG = 1
  integer(c_int32_t), parameter :: TRG_TANH = 2
  integer(c_int32_t), parameter :: TRG_SIGMOID = 3
  integer(c_int32_t), parameter :: TRG_ERF = 4
  integer(c_int32_t), parameter :: TRG_NOTE_TYPE = 1
  integer(c_int32_t), parameter :: TRG_NOTE_MAGIC = 1414678337
  integer(c_int32_t), parameter :: TRG_LAYER = 1
  integer(c_int32_t), parameter :: TRG_ACTIVATION = 2
  integer(c_int32_t), parameter :: TRG_LOSS = 3
  integer(c_int32_t), parameter :: TRG_OPTIMIZER = 4
  integer(c_int32_t), parameter :: TRG_METRIC = 5
  integer(c_int32_t), parameter :: TRG_SCHEDULE = 6
  integer(c_int32_t), parameter :: TRG_INITIALIZER = 7
  integer(c_int32_t), parameter :: TRG_DATASET = 8
  integer(c_int32_t), parameter :: TRG_OBSERVER = 9
  integer(c_int32_t), parameter :: TRG_TRAINING = 0
  integer(c_int32_t), parameter :: TRG_INFERENCE = 1
  integer(c_int32_t), parameter :: TRG_FROZEN = 2
  integer(c_int32_t), parameter :: TRG_FORWARD = 0
  integer(c_int32_t), parameter :: TRG_BACKWARD = 1
  integer(c_int32_t), parameter :: TRG_BACKWARD_PARAMS = 2
  integer(c_int32_t), parameter :: TRG_SLICE = 1
  integer(c_int32_t), parameter :: TRG_RANGE = 2
  integer(c_int32_t), parameter :: TRG_BATCH = 4
  integer(c_int32_t), parameter :: TRG_FRESH = 8
  integer(c_int32_t), parameter :: TRG_READ_IN_BACKWARD = 1
  integer(c_int32_t), parameter :: TRG_NO_GRADIENT = 2
  integer(c_int32_t), parameter :: TRG_SURROGATE = 4
  integer(c_int32_t), parameter :: TRG_MASK_PASSES = 8
  integer(c_int32_t), parameter :: TRG_MASK_PRODUCED = 16
  integer(c_int32_t), parameter :: TRG_SAME_BYTES = 32
  integer(c_int32_t), parameter :: TRG_REPEATABLE = 64
  integer(c_int32_t), parameter :: TRG_SHARED = 0
  integer(c_int32_t), parameter :: TRG_ROW = 1
  integer(c_int32_t), parameter :: TRG_MERGE_MEAN = 0
  integer(c_int32_t), parameter :: TRG_MERGE_SUM = 1
  integer(c_int32_t), parameter :: TRG_MERGE_SAME = 2
  integer(c_int32_t), parameter :: TRG_SAVED = 0
  integer(c_int32_t), parameter :: TRG_CARRY = 1
  integer(c_int32_t), parameter :: TRG_SCRATCH = 2
  integer(c_int32_t), parameter :: TRG_DERIVED = 3
  integer(c_int32_t), parameter :: TRG_SYNCHRONISED = 1
  integer(c_int32_t), parameter :: TRG_NEEDS_X = 1
  integer(c_int32_t), parameter :: TRG_NEEDS_Y = 2
  integer(c_int32_t), parameter :: TRG_GRADIENT_SURROGATE = 4
  integer(c_int32_t), parameter :: TRG_GRADIENT_NONE = 8
  integer(c_int32_t), parameter :: TRG_WHOLE_ROWS = 16
  integer(c_int32_t), parameter :: TRG_TARGETS_ANY = 0
  integer(c_int32_t), parameter :: TRG_TARGETS_CLASSES = 1
  integer(c_int32_t), parameter :: TRG_TARGETS_SHARES = 2
  integer(c_int32_t), parameter :: TRG_TARGETS_DISTRIBUTION = 3
  integer(c_int32_t), parameter :: TRG_TARGETS_SIGNS = 4
  integer(c_int32_t), parameter :: TRG_TARGETS_YES_NO = 5
  integer(c_int32_t), parameter :: TRG_TARGETS_COUNTS = 6
  integer(c_int32_t), parameter :: TRG_TRAIN = 0
  integer(c_int32_t), parameter :: TRG_VALIDATION = 1
  integer(c_int32_t), parameter :: TRG_TEST = 2
  integer(c_int32_t), parameter :: TRG_FEATURE = 0
  integer(c_int32_t), parameter :: TRG_TARGET = 1
  integer(c_int32_t), parameter :: TRG_SAMPLE_WEIGHT = 2
  integer(c_int32_t), parameter :: TRG_ABSENT = 1
  integer(c_int32_t), parameter :: TRG_TEXT_SO_FAR = 0
  integer(c_int32_t), parameter :: TRG_TEXT_SOURCE = 1
  integer(c_int32_t), parameter :: TRG_WANTS_STEPS = 1
  integer(c_int32_t), parameter :: TRG_WANTS_GRADIENT_NORM = 2

  character(len=*), parameter :: TRG_OPEN_LIBRARY_SYMBOL_ID = "teranga_open_library"
  character(len=*), parameter :: TRG_NOTE_OWNER_ID = "Teranga"
  character(len=*), parameter :: TRG_ACTIVATION_LENDER_ID = "teranga.activation_lender/1"
  character(len=*), parameter :: TRG_TOKENS_ID = "teranga.tokens/1"
  character(len=*), parameter :: TRG_BYTES_READ_ID = "teranga.bytes_read/1"
  character(len=*), parameter :: TRG_NEW_SAMPLES_ID = "teranga.new_samples/1"
  character(len=*), parameter :: TRG_NODE_MEMORY_ID = "teranga.node_memory/1"

  type, bind(c) :: trg_error
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: code = 0
    integer(c_int32_t) :: reserved = 0
    integer(c_int64_t) :: sample = 0
    character(kind=c_char) :: where(256) = c_null_char
    character(kind=c_char) :: text(1024) = c_null_char
    character(kind=c_char) :: hint(512) = c_null_char
  end type

  type, bind(c) :: trg_tensor
    type(c_ptr) :: data = c_null_ptr
    type(c_ptr) :: shape = c_null_ptr
    integer(c_int32_t) :: rank = 0
    integer(c_int32_t) :: type = 0
  end type

  type, bind(c) :: trg_value
    integer(c_int32_t) :: kind = 0
    integer(c_int32_t) :: count = 0
    integer(c_int64_t) :: integer = 0
    real(c_double) :: real = 0
    type(c_ptr) :: text = c_null_ptr
    type(c_ptr) :: items = c_null_ptr
    type(c_ptr) :: options = c_null_ptr
  end type

  type, bind(c) :: trg_option
    type(c_ptr) :: name = c_null_ptr
    type(trg_value) :: value
  end type

  type, bind(c) :: trg_options
    integer(c_size_t) :: size = 0
    integer(c_size_t) :: count = 0
    type(c_ptr) :: items = c_null_ptr
  end type

  type, bind(c) :: trg_option_spec
    integer(c_size_t) :: size = 0
    type(c_ptr) :: name = c_null_ptr
    type(c_ptr) :: doc = c_null_ptr
    integer(c_int32_t) :: kind = 0
    integer(c_int32_t) :: item_kind = 0
    integer(c_int32_t) :: flags = 0
    integer(c_int32_t) :: choice_count = 0
    type(c_ptr) :: choices = c_null_ptr
    type(c_ptr) :: component_kind = c_null_ptr
    type(trg_value) :: default_value
    real(c_double) :: minimum = 0
    real(c_double) :: maximum = 0
    integer(c_int64_t) :: least_items = 0
    integer(c_int64_t) :: most_items = 0
  end type

  type, bind(c) :: trg_gemm
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: type = 0
    integer(c_int32_t) :: transpose_a = 0
    integer(c_int32_t) :: transpose_b = 0
    integer(c_int32_t) :: reserved = 0
    integer(c_int64_t) :: m = 0
    integer(c_int64_t) :: n = 0
    integer(c_int64_t) :: k = 0
    real(c_double) :: alpha = 0
    type(c_ptr) :: a = c_null_ptr
    integer(c_int64_t) :: lda = 0
    type(c_ptr) :: b = c_null_ptr
    integer(c_int64_t) :: ldb = 0
    real(c_double) :: beta = 0
    type(c_ptr) :: c = c_null_ptr
    integer(c_int64_t) :: ldc = 0
  end type

  type, bind(c) :: trg_stream
    integer(c_int64_t) :: key = 0
    integer(c_int64_t) :: row = 0
  end type

  type, bind(c) :: trg_host
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: border_major = 0
    integer(c_int32_t) :: border_minor = 0
    type(c_ptr) :: version = c_null_ptr
    type(c_funptr) :: log = c_null_funptr
    type(c_funptr) :: gemm = c_null_funptr
    type(c_funptr) :: vector = c_null_funptr
    type(c_funptr) :: uniform = c_null_funptr
    type(c_funptr) :: normal = c_null_funptr
    type(c_funptr) :: parallel_for = c_null_funptr
    type(c_funptr) :: extension = c_null_funptr
  end type

  type, bind(c) :: trg_item
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: kind = 0
    integer(c_int32_t) :: reserved = 0
    type(c_ptr) :: name = c_null_ptr
    type(c_ptr) :: version = c_null_ptr
    type(c_ptr) :: licence = c_null_ptr
    type(c_ptr) :: author = c_null_ptr
    type(c_ptr) :: summary = c_null_ptr
    type(c_ptr) :: formula = c_null_ptr
    type(c_ptr) :: source = c_null_ptr
    type(c_ptr) :: options = c_null_ptr
    integer(c_size_t) :: option_count = 0
    integer(c_size_t) :: option_stride = 0
    type(c_ptr) :: calls = c_null_ptr
  end type

  type, bind(c) :: trg_library
    integer(c_size_t) :: size = 0
    type(c_ptr) :: items = c_null_ptr
    integer(c_size_t) :: item_count = 0
    integer(c_size_t) :: item_stride = 0
  end type

  type, bind(c) :: trg_note
    integer(c_int32_t) :: magic = 0
    integer(c_int16_t) :: major = 0
    integer(c_int16_t) :: minor = 0
    integer(c_int16_t) :: least_minor = 0
    integer(c_int16_t) :: reserved = 0
  end type

  type, bind(c) :: trg_note_section
    integer(c_int32_t) :: owner_size = 0
    integer(c_int32_t) :: note_size = 0
    integer(c_int32_t) :: type = 0
    character(kind=c_char) :: owner(8) = c_null_char
    type(trg_note) :: note
  end type

  type, bind(c) :: trg_input
    integer(c_size_t) :: size = 0
    type(c_ptr) :: name = c_null_ptr
    type(trg_tensor) :: tensor
    integer(c_int32_t) :: mask_rank = 0
    integer(c_int32_t) :: needs_gradient = 0
  end type

  type, bind(c) :: trg_port
    integer(c_size_t) :: size = 0
    type(c_ptr) :: name = c_null_ptr
    integer(c_int32_t) :: type = 0
    integer(c_int32_t) :: rank = 0
    type(c_ptr) :: shape = c_null_ptr
    integer(c_int32_t) :: flags = 0
    integer(c_int32_t) :: shares_with = 0
    integer(c_int32_t) :: mask_rank = 0
    integer(c_int32_t) :: reserved = 0
  end type

  type, bind(c) :: trg_piece
    integer(c_int64_t) :: begin = 0
    integer(c_int64_t) :: end = 0
    type(c_ptr) :: initializer = c_null_ptr
  end type

  type, bind(c) :: trg_parameter
    integer(c_size_t) :: size = 0
    type(c_ptr) :: name = c_null_ptr
    integer(c_int32_t) :: rank = 0
    integer(c_int32_t) :: trainable = 0
    type(c_ptr) :: shape = c_null_ptr
    type(c_ptr) :: initializer = c_null_ptr
    type(c_ptr) :: pieces = c_null_ptr
    integer(c_size_t) :: piece_count = 0
    real(c_double) :: l1 = 0
    real(c_double) :: l2 = 0
    integer(c_int64_t) :: fan_in = 0
    integer(c_int64_t) :: fan_out = 0
    integer(c_int32_t) :: touched_by = 0
    integer(c_int32_t) :: lazy = 0
  end type

  type, bind(c) :: trg_state
    integer(c_size_t) :: size = 0
    type(c_ptr) :: name = c_null_ptr
    integer(c_int32_t) :: kind = 0
    integer(c_int32_t) :: merge = 0
    integer(c_int32_t) :: type = 0
    integer(c_int32_t) :: rank = 0
    type(c_ptr) :: shape = c_null_ptr
    type(c_ptr) :: initializer = c_null_ptr
    integer(c_int32_t) :: resets_each_epoch = 0
    integer(c_int32_t) :: reserved = 0
  end type

  type, bind(c) :: trg_follower
    integer(c_size_t) :: size = 0
    type(c_ptr) :: kind = c_null_ptr
    type(c_ptr) :: type = c_null_ptr
    type(c_ptr) :: options = c_null_ptr
  end type

  type, bind(c) :: trg_plan_request
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: type = 0
    integer(c_int32_t) :: mode = 0
    type(c_ptr) :: inputs = c_null_ptr
    integer(c_size_t) :: input_count = 0
    integer(c_size_t) :: input_stride = 0
    integer(c_int32_t) :: max_workers = 0
    integer(c_int32_t) :: granularity = 0
    type(c_ptr) :: followers = c_null_ptr
    integer(c_size_t) :: follower_count = 0
    integer(c_size_t) :: follower_stride = 0
  end type

  type, bind(c) :: trg_planner
    integer(c_size_t) :: size = 0
    type(c_ptr) :: context = c_null_ptr
    type(c_funptr) :: input = c_null_funptr
    type(c_funptr) :: output = c_null_funptr
    type(c_funptr) :: parameter = c_null_funptr
    type(c_funptr) :: state = c_null_funptr
    type(c_funptr) :: buffer = c_null_funptr
    type(c_funptr) :: passes = c_null_funptr
    type(c_funptr) :: granularity = c_null_funptr
    type(c_funptr) :: cost = c_null_funptr
    type(c_funptr) :: absorb = c_null_funptr
  end type

  type, bind(c) :: trg_call
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: pass = 0
    integer(c_int32_t) :: worker = 0
    integer(c_int64_t) :: first_row = 0
    integer(c_int64_t) :: rows = 0
    integer(c_int64_t) :: range_begin = 0
    integer(c_int64_t) :: range_end = 0
    type(c_ptr) :: inputs = c_null_ptr
    type(c_ptr) :: outputs = c_null_ptr
    type(c_ptr) :: d_inputs = c_null_ptr
    type(c_ptr) :: d_outputs = c_null_ptr
    type(c_ptr) :: parameters = c_null_ptr
    type(c_ptr) :: d_parameters = c_null_ptr
    type(c_ptr) :: input_masks = c_null_ptr
    type(c_ptr) :: output_masks = c_null_ptr
    type(c_ptr) :: states_in = c_null_ptr
    type(c_ptr) :: states_out = c_null_ptr
    type(c_ptr) :: derived = c_null_ptr
    type(c_ptr) :: saved = c_null_ptr
    type(c_ptr) :: carry = c_null_ptr
    type(c_ptr) :: scratch = c_null_ptr
    type(c_ptr) :: sums = c_null_ptr
    type(c_ptr) :: local_sums = c_null_ptr
    type(c_ptr) :: global_sums = c_null_ptr
    integer(c_int64_t) :: random_key = 0
    type(c_ptr) :: row_keys = c_null_ptr
    integer(c_int32_t) :: fresh = 0
    integer(c_int32_t) :: reserved = 0
  end type

  type, bind(c) :: trg_source
    integer(c_int32_t) :: node = 0
    integer(c_int32_t) :: port = 0
  end type

  type, bind(c) :: trg_part
    integer(c_size_t) :: size = 0
    type(c_ptr) :: type = c_null_ptr
    type(c_ptr) :: name = c_null_ptr
    type(c_ptr) :: options = c_null_ptr
    type(c_ptr) :: inputs = c_null_ptr
    integer(c_size_t) :: input_count = 0
    integer(c_int32_t) :: weights_of = 0
    integer(c_int32_t) :: fold = 0
  end type

  type, bind(c) :: trg_graph
    integer(c_size_t) :: size = 0
    type(c_ptr) :: context = c_null_ptr
    type(c_funptr) :: part = c_null_funptr
    type(c_funptr) :: output = c_null_funptr
  end type

  type, bind(c) :: trg_layer_calls
    integer(c_size_t) :: size = 0
    type(c_funptr) :: create = c_null_funptr
    type(c_funptr) :: destroy = c_null_funptr
    type(c_funptr) :: plan = c_null_funptr
    type(c_funptr) :: destroy_plan = c_null_funptr
    type(c_funptr) :: derive = c_null_funptr
    type(c_funptr) :: forward = c_null_funptr
    type(c_funptr) :: backward = c_null_funptr
    type(c_funptr) :: backward_params = c_null_funptr
    type(c_funptr) :: update_state = c_null_funptr
    type(c_funptr) :: expand = c_null_funptr
  end type

  type, bind(c) :: trg_activation_calls
    integer(c_size_t) :: size = 0
    type(c_funptr) :: create = c_null_funptr
    type(c_funptr) :: destroy = c_null_funptr
    type(c_funptr) :: needs = c_null_funptr
    type(c_funptr) :: value = c_null_funptr
    type(c_funptr) :: gradient = c_null_funptr
  end type

  type, bind(c) :: trg_activation_lender
    integer(c_size_t) :: size = 0
    type(c_funptr) :: lend = c_null_funptr
  end type

  type, bind(c) :: trg_compare_request
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: type = 0
    integer(c_int32_t) :: prediction_count = 0
    integer(c_int32_t) :: target_count = 0
    integer(c_int32_t) :: reserved = 0
    type(c_ptr) :: predictions = c_null_ptr
    type(c_ptr) :: targets = c_null_ptr
    type(c_ptr) :: producer = c_null_ptr
    type(c_ptr) :: producer_options = c_null_ptr
  end type

  type, bind(c) :: trg_loss_plan
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: leading = 0
    integer(c_int32_t) :: absorbs = 0
    integer(c_int32_t) :: surrogate = 0
    integer(c_int32_t) :: plain_count = 0
    integer(c_int32_t) :: targets = 0
    integer(c_int32_t) :: ignores = 0
    integer(c_int64_t) :: ignored = 0
  end type

  type, bind(c) :: trg_loss_call
    integer(c_size_t) :: size = 0
    integer(c_int64_t) :: rows = 0
    type(c_ptr) :: predictions = c_null_ptr
    type(c_ptr) :: targets = c_null_ptr
    type(c_ptr) :: d_predictions = c_null_ptr
    type(c_ptr) :: weights = c_null_ptr
    type(c_ptr) :: values = c_null_ptr
  end type

  type, bind(c) :: trg_loss_calls
    integer(c_size_t) :: size = 0
    type(c_funptr) :: create = c_null_funptr
    type(c_funptr) :: destroy = c_null_funptr
    type(c_funptr) :: plan = c_null_funptr
    type(c_funptr) :: destroy_plan = c_null_funptr
    type(c_funptr) :: evaluate = c_null_funptr
    type(c_funptr) :: denominator = c_null_funptr
    type(c_funptr) :: target_count = c_null_funptr
  end type

  type, bind(c) :: trg_optimizer_facts
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: slot_count = 0
    integer(c_int32_t) :: scalar_count = 0
    type(c_ptr) :: slot_names = c_null_ptr
    type(c_ptr) :: slot_initial = c_null_ptr
    type(c_ptr) :: scalar_initial = c_null_ptr
    integer(c_int32_t) :: idle_without_gradient = 0
    integer(c_int32_t) :: reserved = 0
    integer(c_int32_t) :: whole_tensors = 0
    integer(c_int32_t) :: decays_itself = 0
  end type

  type, bind(c) :: trg_update
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: type = 0
    integer(c_int32_t) :: reserved = 0
    integer(c_int64_t) :: count = 0
    type(c_ptr) :: weights = c_null_ptr
    type(c_ptr) :: gradient = c_null_ptr
    type(c_ptr) :: slots = c_null_ptr
    integer(c_int64_t) :: step = 0
    real(c_double) :: rate = 0
    type(c_ptr) :: scalars = c_null_ptr
  end type

  type, bind(c) :: trg_tensor_update
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: type = 0
    integer(c_int32_t) :: rank = 0
    type(c_ptr) :: shape = c_null_ptr
    type(c_ptr) :: parameter = c_null_ptr
    integer(c_int64_t) :: count = 0
    type(c_ptr) :: weights = c_null_ptr
    type(c_ptr) :: gradient = c_null_ptr
    type(c_ptr) :: slots = c_null_ptr
    integer(c_int64_t) :: step = 0
    real(c_double) :: rate = 0
    type(c_ptr) :: scalars = c_null_ptr
  end type

  type, bind(c) :: trg_slot_shape
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: rank = 0
    integer(c_int32_t) :: reserved = 0
    integer(c_int64_t) :: shape(8) = 0
  end type

  type, bind(c) :: trg_optimizer_calls
    integer(c_size_t) :: size = 0
    type(c_funptr) :: create = c_null_funptr
    type(c_funptr) :: destroy = c_null_funptr
    type(c_funptr) :: facts = c_null_funptr
    type(c_funptr) :: begin_step = c_null_funptr
    type(c_funptr) :: update = c_null_funptr
    type(c_funptr) :: update_tensor = c_null_funptr
    type(c_funptr) :: slot_shape = c_null_funptr
  end type

  type, bind(c) :: trg_metric_call
    integer(c_size_t) :: size = 0
    integer(c_int64_t) :: rows = 0
    type(c_ptr) :: predictions = c_null_ptr
    type(c_ptr) :: targets = c_null_ptr
    type(c_ptr) :: weights = c_null_ptr
    type(c_ptr) :: sums = c_null_ptr
  end type

  type, bind(c) :: trg_metric_plan
    integer(c_size_t) :: size = 0
    integer(c_int64_t) :: sum_count = 0
    integer(c_int32_t) :: leading = 0
    integer(c_int32_t) :: direction = 0
  end type

  type, bind(c) :: trg_metric_calls
    integer(c_size_t) :: size = 0
    type(c_funptr) :: create = c_null_funptr
    type(c_funptr) :: destroy = c_null_funptr
    type(c_funptr) :: plan = c_null_funptr
    type(c_funptr) :: destroy_plan = c_null_funptr
    type(c_funptr) :: update = c_null_funptr
    type(c_funptr) :: value = c_null_funptr
  end type

  type, bind(c) :: trg_measure
    integer(c_size_t) :: size = 0
    type(c_ptr) :: name = c_null_ptr
    real(c_double) :: value = 0
    integer(c_int32_t) :: direction = 0
    integer(c_int32_t) :: reserved = 0
  end type

  type, bind(c) :: trg_schedule_calls
    integer(c_size_t) :: size = 0
    type(c_funptr) :: create = c_null_funptr
    type(c_funptr) :: destroy = c_null_funptr
    type(c_funptr) :: state_count = c_null_funptr
    type(c_funptr) :: rate = c_null_funptr
    type(c_funptr) :: epoch_end = c_null_funptr
  end type

  type, bind(c) :: trg_fill
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: type = 0
    integer(c_int32_t) :: rank = 0
    type(c_ptr) :: shape = c_null_ptr
    integer(c_int64_t) :: fan_in = 0
    integer(c_int64_t) :: fan_out = 0
    type(trg_stream) :: stream
    type(c_ptr) :: data = c_null_ptr
  end type

  type, bind(c) :: trg_initializer_calls
    integer(c_size_t) :: size = 0
    type(c_funptr) :: create = c_null_funptr
    type(c_funptr) :: destroy = c_null_funptr
    type(c_funptr) :: fill = c_null_funptr
  end type

  type, bind(c) :: trg_field
    integer(c_size_t) :: size = 0
    type(c_ptr) :: name = c_null_ptr
    integer(c_int32_t) :: role = 0
    integer(c_int32_t) :: type = 0
    integer(c_int32_t) :: rank = 0
    integer(c_int32_t) :: flags = 0
    type(c_ptr) :: shape = c_null_ptr
    integer(c_int64_t) :: classes = 0
    type(c_ptr) :: class_names = c_null_ptr
    type(c_ptr) :: columns = c_null_ptr
    integer(c_int64_t) :: column_count = 0
    type(c_ptr) :: offsets = c_null_ptr
    type(c_ptr) :: scales = c_null_ptr
  end type

  type, bind(c) :: trg_data_answer
    integer(c_size_t) :: size = 0
    type(c_ptr) :: context = c_null_ptr
    type(c_funptr) :: count = c_null_funptr
    type(c_funptr) :: field = c_null_funptr
    type(c_funptr) :: bytes = c_null_funptr
    type(c_funptr) :: bucket = c_null_funptr
    type(c_funptr) :: blocks = c_null_funptr
  end type

  type, bind(c) :: trg_fill_batch
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: part = 0
    integer(c_int32_t) :: reserved = 0
    integer(c_int64_t) :: rows = 0
    type(c_ptr) :: samples = c_null_ptr
    type(c_ptr) :: fields = c_null_ptr
    integer(c_int64_t) :: random_key = 0
    integer(c_int64_t) :: epoch = 0
  end type

  type, bind(c) :: trg_dataset_calls
    integer(c_size_t) :: size = 0
    type(c_funptr) :: create = c_null_funptr
    type(c_funptr) :: destroy = c_null_funptr
    type(c_funptr) :: describe = c_null_funptr
    type(c_funptr) :: fit = c_null_funptr
    type(c_funptr) :: restore = c_null_funptr
    type(c_funptr) :: measure = c_null_funptr
    type(c_funptr) :: fill = c_null_funptr
    type(c_funptr) :: extension = c_null_funptr
  end type

  type, bind(c) :: trg_token_field
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: field = 0
    integer(c_int32_t) :: role = 0
    integer(c_int64_t) :: ids = 0
    integer(c_int64_t) :: steps = 0
    integer(c_int32_t) :: padding = 0
    integer(c_int32_t) :: unknown = 0
    integer(c_int32_t) :: start = 0
    integer(c_int32_t) :: end = 0
    integer(c_int32_t) :: first = 0
    integer(c_int32_t) :: reserved = 0
    type(c_ptr) :: between = c_null_ptr
  end type

  type, bind(c) :: trg_tokens
    integer(c_size_t) :: size = 0
    type(c_funptr) :: describe = c_null_funptr
    type(c_funptr) :: encode = c_null_funptr
    type(c_funptr) :: decode = c_null_funptr
    type(c_funptr) :: lay = c_null_funptr
  end type

  type, bind(c) :: trg_bytes_read
    integer(c_size_t) :: size = 0
    type(c_funptr) :: total = c_null_funptr
  end type

  type, bind(c) :: trg_new_input
    integer(c_size_t) :: size = 0
    type(c_ptr) :: paths = c_null_ptr
    integer(c_int64_t) :: path_count = 0
    type(c_ptr) :: texts = c_null_ptr
    integer(c_int64_t) :: text_count = 0
    integer(c_int32_t) :: judged = 0
    integer(c_int32_t) :: reserved = 0
  end type

  type, bind(c) :: trg_new_samples
    integer(c_size_t) :: size = 0
    type(c_ptr) :: endings = c_null_ptr
    type(c_funptr) :: open = c_null_funptr
    type(c_funptr) :: knowledge = c_null_funptr
    type(c_funptr) :: sample_name = c_null_funptr
    type(c_funptr) :: column = c_null_funptr
    type(c_funptr) :: column_name = c_null_funptr
  end type

  type, bind(c) :: trg_training_start
    integer(c_size_t) :: size = 0
    type(c_ptr) :: run_folder = c_null_ptr
    integer(c_int64_t) :: step = 0
    integer(c_int64_t) :: epoch = 0
    integer(c_int64_t) :: epochs = 0
    integer(c_int64_t) :: steps_per_epoch = 0
    integer(c_int64_t) :: parameters = 0
  end type

  type, bind(c) :: trg_training_step
    integer(c_size_t) :: size = 0
    integer(c_int64_t) :: step = 0
    integer(c_int64_t) :: epoch = 0
    type(c_ptr) :: phase = c_null_ptr
    real(c_double) :: loss = 0
    real(c_double) :: rate = 0
    real(c_double) :: gradient_norm = 0
  end type

  type, bind(c) :: trg_training_epoch
    integer(c_size_t) :: size = 0
    integer(c_int64_t) :: step = 0
    integer(c_int64_t) :: epoch = 0
    real(c_double) :: seconds = 0
    type(c_ptr) :: measures = c_null_ptr
    integer(c_size_t) :: measure_count = 0
    integer(c_size_t) :: measure_stride = 0
  end type

  type, bind(c) :: trg_training_end
    integer(c_size_t) :: size = 0
    integer(c_int64_t) :: step = 0
    integer(c_int64_t) :: epoch = 0
    integer(c_int32_t) :: exit_code = 0
    integer(c_int32_t) :: reserved = 0
  end type

  type, bind(c) :: trg_stop_request
    integer(c_size_t) :: size = 0
    integer(c_int32_t) :: stop = 0
    integer(c_int32_t) :: reserved = 0
    character(kind=c_char) :: reason(256) = c_null_char
  end type

  type, bind(c) :: trg_observer_calls
    integer(c_size_t) :: size = 0
    type(c_funptr) :: create = c_null_funptr
    type(c_funptr) :: destroy = c_null_funptr
    type(c_funptr) :: wants = c_null_funptr
    type(c_funptr) :: begin = c_null_funptr
    type(c_funptr) :: step = c_null_funptr
    type(c_funptr) :: epoch_end = c_null_funptr
    type(c_funptr) :: end = c_null_funptr
  end type

  type, bind(c) :: trg_node_block
    integer(c_size_t) :: size = 0
    type(c_ptr) :: data = c_null_ptr
    type(c_ptr) :: handle = c_null_ptr
  end type

  type, bind(c) :: trg_node_memory
    integer(c_size_t) :: size = 0
    type(c_funptr) :: hold = c_null_funptr
    type(c_funptr) :: release = c_null_funptr
  end type

  ! What the host lends, by table and name: for c_f_procpointer.
  abstract interface
    subroutine trg_host_log(level, text) bind(c)
      import
      integer(c_int32_t), value :: level
      type(c_ptr), value :: text
    end subroutine
    function trg_host_gemm(gemm) bind(c)
      import
      integer(c_int32_t) :: trg_host_gemm
      type(c_ptr), value :: gemm
    end function
    subroutine trg_host_vector(function, type, count, x, y) bind(c)
      import
      integer(c_int32_t), value :: function
      integer(c_int32_t), value :: type
      integer(c_int64_t), value :: count
      type(c_ptr), value :: x
      type(c_ptr), value :: y
    end subroutine
    subroutine trg_host_uniform(stream, first, count, type, out) bind(c)
      import
      type(trg_stream), value :: stream
      integer(c_int64_t), value :: first
      integer(c_int64_t), value :: count
      integer(c_int32_t), value :: type
      type(c_ptr), value :: out
    end subroutine
    subroutine trg_host_normal(stream, first, count, type, out) bind(c)
      import
      type(trg_stream), value :: stream
      integer(c_int64_t), value :: first
      integer(c_int64_t), value :: count
      integer(c_int32_t), value :: type
      type(c_ptr), value :: out
    end subroutine
    subroutine trg_host_parallel_for(count, grain, body, context) bind(c)
      import
      integer(c_int64_t), value :: count
      integer(c_int64_t), value :: grain
      type(c_funptr), value :: body
      type(c_ptr), value :: context
    end subroutine
    function trg_host_extension(id) bind(c)
      import
      type(c_ptr) :: trg_host_extension
      type(c_ptr), value :: id
    end function
    subroutine trg_planner_input(context, index, flags) bind(c)
      import
      type(c_ptr), value :: context
      integer(c_int32_t), value :: index
      integer(c_int32_t), value :: flags
    end subroutine
    subroutine trg_planner_output(context, port) bind(c)
      import
      type(c_ptr), value :: context
      type(c_ptr), value :: port
    end subroutine
    subroutine trg_planner_parameter(context, parameter) bind(c)
      import
      type(c_ptr), value :: context
      type(c_ptr), value :: parameter
    end subroutine
    subroutine trg_planner_state(context, state) bind(c)
      import
      type(c_ptr), value :: context
      type(c_ptr), value :: state
    end subroutine
    subroutine trg_planner_buffer(context, kind, bytes_per_row, bytes) bind(c)
      import
      type(c_ptr), value :: context
      integer(c_int32_t), value :: kind
      integer(c_int64_t), value :: bytes_per_row
      integer(c_int64_t), value :: bytes
    end subroutine
    subroutine trg_planner_passes(context, which, count, sums, flags) bind(c)
      import
      type(c_ptr), value :: context
      integer(c_int32_t), value :: which
      integer(c_int32_t), value :: count
      type(c_ptr), value :: sums
      integer(c_int32_t), value :: flags
    end subroutine
    subroutine trg_planner_granularity(context, which, offered, axis_length, multiple) bind(c)
      import
      type(c_ptr), value :: context
      integer(c_int32_t), value :: which
      integer(c_int32_t), value :: offered
      integer(c_int64_t), value :: axis_length
      integer(c_int64_t), value :: multiple
    end subroutine
    subroutine trg_planner_cost(context, which, flops) bind(c)
      import
      type(c_ptr), value :: context
      integer(c_int32_t), value :: which
      real(c_double), value :: flops
    end subroutine
    subroutine trg_planner_absorb(context, count) bind(c)
      import
      type(c_ptr), value :: context
      integer(c_size_t), value :: count
    end subroutine
    subroutine trg_data_answer_count(context, part, samples) bind(c)
      import
      type(c_ptr), value :: context
      integer(c_int32_t), value :: part
      integer(c_int64_t), value :: samples
    end subroutine
    subroutine trg_data_answer_field(context, field) bind(c)
      import
      type(c_ptr), value :: context
      type(c_ptr), value :: field
    end subroutine
    subroutine trg_data_answer_bytes(context, data, size) bind(c)
      import
      type(c_ptr), value :: context
      type(c_ptr), value :: data
      integer(c_size_t), value :: size
    end subroutine
    subroutine trg_data_answer_bucket(context, length) bind(c)
      import
      type(c_ptr), value :: context
      integer(c_int64_t), value :: length
    end subroutine
    subroutine trg_data_answer_blocks(context, part, rows, window) bind(c)
      import
      type(c_ptr), value :: context
      integer(c_int32_t), value :: part
      integer(c_int64_t), value :: rows
      integer(c_int64_t), value :: window
    end subroutine
    function trg_graph_part(context, part) bind(c)
      import
      integer(c_int32_t) :: trg_graph_part
      type(c_ptr), value :: context
      type(c_ptr), value :: part
    end function
    subroutine trg_graph_output(context, name, source) bind(c)
      import
      type(c_ptr), value :: context
      type(c_ptr), value :: name
      type(trg_source), value :: source
    end subroutine
    function trg_activation_lender_lend(component, calls, activation, error) bind(c)
      import
      integer(c_int32_t) :: trg_activation_lender_lend
      type(c_ptr), value :: component
      type(c_ptr), value :: calls
      type(c_ptr), value :: activation
      type(c_ptr), value :: error
    end function
    function trg_node_memory_hold(name, bytes, fill, context, block, error) bind(c)
      import
      integer(c_int32_t) :: trg_node_memory_hold
      type(c_ptr), value :: name
      integer(c_int64_t), value :: bytes
      type(c_funptr), value :: fill
      type(c_ptr), value :: context
      type(c_ptr), value :: block
      type(c_ptr), value :: error
    end function
    subroutine trg_node_memory_release(handle) bind(c)
      import
      type(c_ptr), value :: handle
    end subroutine
  end interface
end module teranga_border
