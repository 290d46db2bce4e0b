"""What works with which decoder architecture of transformers: tiny random models of all of them, decoded, trained and
exported. Writes nbs/results/architectures.json, and goes on where an earlier run was stopped.
`python .ci/architectures.py`"""
import datetime, json, random, sys, tempfile, time, warnings
from pathlib import Path
import torch
import transformers
from transformers import CONFIG_MAPPING, AutoConfig, AutoModelForCausalLM, GenerationConfig
from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING_NAMES
from medusa_nb.backend import TorchBackend
from medusa_nb.core import MedusaError, reason_of
from medusa_nb.generate import generate
from medusa_nb.heads import MedusaHeads, OutputHead
from medusa_nb.losses import Objective
from medusa_nb.training_model import MedusaTrainingModel, collate
from medusa_nb.packs import pack_examples, text_states

OUT = Path(__file__).parent.parent/'nbs'/'results'/'architectures.json'
MAX_PARAMETERS = 3e7           # of a "tiny" model: one that stays larger ignores the sizes that it is given
SIZES = dict(
    vocab_size=128, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4,
    num_key_value_heads=2, head_dim=16, max_position_embeddings=256, initializer_range=.2, tie_word_embeddings=False,
    bos_token_id=1, eos_token_id=2, pad_token_id=0, num_experts=4, num_local_experts=4, n_routed_experts=4,
    num_experts_per_tok=2, moe_intermediate_size=32, n_group=1, topk_group=1, first_k_dense_replace=1,
    n_shared_experts=1, moe_k=2, moe_num_experts=4, sliding_window=6, rotary_dim=8, ffn_dim=128, d_model=64,
    encoder_layers=1, decoder_layers=2, encoder_attention_heads=4, decoder_attention_heads=4, encoder_ffn_dim=128,
    decoder_ffn_dim=128, vocab_size_per_layer_input=128, hidden_size_per_layer_input=8, top_k_experts=2,
    kv_lora_rank=24, q_lora_rank=32, qk_nope_head_dim=8, qk_rope_head_dim=8, v_head_dim=16,
    attention_chunk_size=6, is_decoder=True,
)
SIDE_SIZES = SIZES | dict(    # of towers for pictures and sounds, which no text goes through
    depth=1, num_heads=4, embed_dim=64, image_size=28, patch_size=14, num_hidden_layers=1, out_hidden_size=64,
)
# architectures whose sizes hang together: what to leave out, one after the other, until a pass works
LEFT_OUT = (
    (), ('head_dim',), ('num_key_value_heads',), ('head_dim', 'num_key_value_heads'), ('sliding_window', 'head_dim'),
)
LINEAR = dict(layer_types=['linear_attention', 'full_attention'])
OWN_SIZES = dict(    # what an architecture wants beside or instead; None: its own default
    bamba=dict(attn_layer_indices=[1], mamba_n_heads=4, mamba_d_head=32),
    bailing_hybrid=LINEAR,
    cohere_compass_text=dict(rope_parameters=dict(full_attention=dict(rope_type='default', rope_theta=1e4))),
    dbrx=dict(
        n_heads=4, n_layers=2, max_seq_len=256, attn_config=dict(kv_n_heads=2, rope_theta=1e4, clip_qkv=8.),
        ffn_config=dict(ffn_hidden_size=32, moe_num_experts=4, moe_top_k=2),
    ),
    gemma4_text=dict(global_head_dim=32),
    gemma4_unified_text=dict(global_head_dim=32),
    gemma3n_text=dict(
        num_hidden_layers=4, layer_types=['sliding_attention', 'full_attention']*2, num_kv_shared_layers=2,
        activation_sparsity_pattern=[0.]*4, intermediate_size=128,
    ),
    gemma4_assistant=dict(hidden_size_per_layer_input=0),
    gpt_neo=dict(attention_types=[[['global', 'local'], 1]], num_layers=2, num_heads=4, window_size=6),
    granitemoehybrid=dict(layer_types=['mamba', 'attention'], mamba_n_heads=4, mamba_d_head=32),
    jamba=dict(attn_layer_period=2, attn_layer_offset=1),
    kimi_linear=LINEAR,
    lfm2=dict(layer_types=['conv', 'full_attention']),
    lfm2_moe=dict(layer_types=['conv', 'full_attention']),
    lfm3=dict(layer_types=['conv', 'full_attention']),
    longcat_flash=dict(head_dim=8),
    mamba2=dict(num_heads=8, head_dim=16),
    minimax_m3_vl_text=dict(layer_types=['full_attention', 'minimax_m3_sparse']),
    prophetnet=dict(num_hidden_layers=None, num_encoder_layers=1, num_decoder_layers=2, num_decoder_attention_heads=4),
    qwen3_5_moe_text=LINEAR,
    qwen3_5_text=LINEAR,
    qwen3_next=LINEAR,
    qwen4_exp_text=dict(
        layer_types=['linear_attention', 'indexed_attention'], indexer_n_heads=4, indexer_kv_heads=1,
        indexer_head_dim=16, indexer_budget=8, indexer_compress_ratio=2,
    ),
    recurrent_gemma=dict(block_types=['recurrent', 'attention'], lru_width=64),
    reformer=dict(
        is_decoder=True, attn_layers=['local', 'local'], axial_pos_shape=[16, 16], axial_pos_embds_dim=[32, 32],
    ),
    xlnet=dict(max_position_embeddings=None, n_head=4),
    xlstm=dict(v_head_dim=None, qk_dim_factor=1.),
    xmod=dict(default_language='en_XX'),
    zamba=dict(layer_types=['mamba', 'hybrid']),
    zamba2=dict(layer_types=['mamba', 'hybrid'], hybrid_layer_ids=[1]),
    zaya=dict(num_experts_per_tok=1),
)


def knows(config, name):
    "Whether a configuration has a setting, be it one for each layer."
    try:
        return hasattr(config, name)
    except RuntimeError:    # it has, with a value for each layer
        return True


def known_sizes(config_class, sizes=SIZES):
    "The sizes that this configuration knows, and those of the configurations in it."
    example = config_class()
    known = {name: value for name, value in sizes.items() if knows(example, name)}
    for name, part in getattr(config_class, 'sub_configs', {}).items():
        part = type(getattr(example, name, None)) if getattr(example, name, None) is not None else part
        if part not in (AutoConfig, type(None)):
            known[name] = known_sizes(part, SIZES if name == 'text_config' else SIDE_SIZES)
    if 'kv_lora_rank' in known:     # latent attention: as many keys as queries, and a head size that follows
        known |= dict(num_key_value_heads=known['num_attention_heads'], head_dim=None)
    known |= OWN_SIZES.get(config_class.model_type, {})
    return {name: value for name, value in known.items() if value is not None}


def draw_constants(model):
    """Give weights that an architecture begins with as constants (biases, norms, a router of zeros) random values:
    what is zero hides a mistake, and among equal scores every choice of experts is right."""
    for weight in model.parameters():
        if weight.numel() > 1 and weight.is_floating_point() and weight.std() == 0:
            weight.data += .1*torch.randn_like(weight)


def small_model(arch):
    "A tiny random model whose pass works; raises the first error where there is none."
    error = None
    for left_out in LEFT_OUT:
        try:
            sizes = {name: value for name, value in known_sizes(CONFIG_MAPPING[arch]).items() if name not in left_out}
            config = AutoConfig.for_model(arch, **sizes)
            with torch.device('meta'):
                if sum(p.numel() for p in AutoModelForCausalLM.from_config(config).parameters()) > MAX_PARAMETERS:
                    raise ValueError('its configuration has no tiny form')
            torch.manual_seed(0)
            model = AutoModelForCausalLM.from_config(config).eval()
            model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=2, pad_token_id=0)
            draw_constants(model)
            with torch.no_grad():
                if not model(torch.tensor([[5, 6, 7]])).logits.isfinite().all():
                    raise ValueError('its tiny form has no numbers')
            return model
        except Exception as e:
            error = error or e
    raise error


def own_text(model, prompt, use_cache=True):
    "24 tokens as transformers writes them."
    options = dict(max_new_tokens=24, do_sample=False, eos_token_id=-1, use_cache=use_cache)
    return model.generate(torch.tensor([prompt]), **options)[0, len(prompt):].tolist()


def decodes(model):
    "Greedy text equal to transformers' own, in ragged batches, with trees, past the window."
    note = None
    rng = random.Random(0)
    prompts = [[rng.randrange(3, 128) for _ in range(n)] for n in (3, 12, 7)]
    torch.manual_seed(1)
    heads = MedusaHeads.from_base(model, 3)
    torch.nn.init.normal_(heads.weight, std=.02)
    backend = TorchBackend(model, heads=heads, sources=('copies',))
    own_texts = [own_text(model, prompt) for prompt in prompts]
    for tree in (12, 'dynamic:9'):
        for batch_size in (1, 3):
            outputs = generate(backend, prompts, 24, tree=tree, batch_size=batch_size, ignore_eos=True)
            for prompt, output, own in zip(prompts, outputs, own_texts):
                if output.token_ids == own:
                    continue
                wanted = own_text(model, prompt, use_cache=False)
                if output.token_ids != wanted:
                    place = next(i for i, (a, b) in enumerate(zip(output.token_ids, wanted), 1) if a != b)
                    raise MedusaError(f'text differs from its own from token {place} on')
                note = "yes, as it does itself without a cache; transformers' cache forgets tokens that it looks back to"
    return note


def trains(model):
    "One step of heads over a pack of two documents."
    heads = MedusaHeads.from_base(model, 2).float()
    heads.output = None
    trainee = MedusaTrainingModel(model, heads, Objective(model, heads))
    texts = [dict(input_ids=list(range(3, 3 + n)), spans=[0]*2 + [1]*(n - 2)) for n in (9, 7)]
    batch = collate(list(pack_examples(texts, 20)))
    hidden = trainee.hidden_states(batch)
    inputs = [torch.tensor(text['input_ids']) for text in texts]
    alone = [text_states(model, [ids])[0] for ids in inputs]
    if (hidden - torch.cat([states[1:-1] for states in alone])).abs().mean() > 1e-3*hidden.std():
        raise MedusaError('documents of a pack are not computed as if alone')
    output, logits = OutputHead(model), model(inputs[0][None]).logits[0]
    if (output.scale_and_cap(output.linear(alone[0])) - logits).abs().mean() > 1e-3*logits.std():
        raise MedusaError('its output matrix gets other states than heads learn from')
    trainee(**batch)['loss'].backward()
    if not heads.weight.grad.isfinite().all():
        raise MedusaError('the gradient is no number')


def exports(model):
    "A graph whose logits are torch's."
    from medusa_nb.onnx_export import trace_checked
    with tempfile.TemporaryDirectory() as folder:
        trace_checked(model, 'cpu', (), 0, Path(folder))


def outcome(try_it, model):
    "`yes`, perhaps with a note, or the reason why not."
    try:
        return try_it(model) or 'yes'
    except MedusaError as e:
        return reason_of(e, 300)
    except Exception as e:
        return f'{type(e).__name__}: {reason_of(e, 200)}'


def main(seconds=80, shard=0, shards=1):
    "Try all architectures of a shard that have not been tried, for so long."
    warnings.filterwarnings('ignore')
    transformers.logging.set_verbosity_error()
    out = OUT.with_suffix(f'.{shard:.0f}.json') if shards > 1 else OUT
    result = json.loads(out.read_text()) if out.exists() else dict(rows={})
    result |= dict(date=str(datetime.date.today()), transformers=transformers.__version__, torch=torch.__version__,
                   architectures=len(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES))
    known = json.loads(OUT.read_text())['rows'] if shards > 1 and OUT.exists() else {}
    start = time.time()
    for number, arch in enumerate(sorted(MODEL_FOR_CAUSAL_LM_MAPPING_NAMES)):
        if arch in result['rows'] or arch in known or number % shards != shard:
            continue
        if time.time() - start > seconds:
            break
        try:
            model = small_model(arch)
        except Exception as e:
            result['rows'][arch] = dict(made=f'{type(e).__name__}: {reason_of(e, 120)}')
        else:
            row = dict(decodes=outcome(decodes, model), trains=outcome(trains, model))
            if row['decodes'].startswith('yes'):
                row['exports'] = outcome(exports, model)
            result['rows'][arch] = row
        print(arch, result['rows'][arch], flush=True)
        out.write_text(json.dumps(result, indent=1) + '\n')
    else:
        print('all tried')


if __name__ == '__main__':
    main(*map(float, sys.argv[1:]))
