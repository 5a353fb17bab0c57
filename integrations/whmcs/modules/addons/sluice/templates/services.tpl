<link rel="stylesheet" href="{$WEB_ROOT|escape}/modules/servers/sluice/assets/sluice.css">
<div class="sluice">
  {if $sluice.fault}<p class="sluice-fault" role="status">{$sluice.fault|escape}</p>{/if}
  {foreach $sluice.parts as $part}
    <section class="sluice-part" id="sluice-{$part.id|escape}">
      {if $part.title}<h3 dir="auto">{$part.title|escape}</h3>{/if}
      {$part.html nofilter}
    </section>
  {/foreach}
  {if $sluice.timeZone}<p class="sluice-zone">Times: {$sluice.timeZone|escape}</p>{/if}
  {if $sluiceServices}
    <ul class="list-group">
      {foreach $sluiceServices as $service}
        <li class="list-group-item">
          <a href="index.php?m=sluice&amp;service={$service.service|escape:'url'}"><strong dir="auto">{$service.title|escape}</strong></a>
          <div dir="auto">{$service.summary|escape}</div>
        </li>
      {/foreach}
    </ul>
  {elseif !$sluice.fault}
    <p>There are no services with traffic, accounts or lines.</p>
  {/if}
</div>
